import type { Passkey, SignInResult } from '@repartee/sdk/protocol/admin'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  accountOf,
  type DashboardBrowser,
  openDashboard,
  PASSWORD,
  setUpOperator,
  signIn,
  signUpInvited,
} from '../../testing/dashboard-browser.ts'
import { createAuthenticator } from '../../testing/software-authenticator.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import type { HttpAnswer } from '../../testing/wire-client.ts'

let service: RunningService
let people = 0
beforeAll(async () => {
  service = await startService({ DEMO: 'off' })
  // Passkeys are bound to a name; an address has none.
  service = { ...service, url: `http://localhost:${service.port}`, api: `http://localhost:${service.port}/api/v1` }
  await setUpOperator(service)
})
afterAll(() => service?.dispose())

type Options = { options: { challenge: string } }
const outcome = ({ status, body }: HttpAnswer): unknown =>
  (body as { error?: { code: string } } | null)?.error?.code ?? status
const optionsFrom = async (browser: DashboardBrowser, path: string) =>
  (await browser.send<Options>('POST', path)).body.options
const signInOptions = (browser: DashboardBrowser) => optionsFrom(browser, '/sign-in/passkey-options')
const use = (browser: DashboardBrowser, response: unknown) =>
  browser.send<SignInResult>('POST', '/sign-in/passkey', { response })

/** Someone with a passkey, and their browser. */
const withPasskey = async () => {
  people += 1
  const email = `keeper${people}@blog.example`
  const browser = await signUpInvited(service, email)
  const authenticator = createAuthenticator({ origin: service.url, rpId: 'localhost' })
  const options = await optionsFrom(browser, '/account/passkeys/options')
  const response = authenticator.register(options)
  const added = await browser.send<Passkey>('POST', '/account/passkeys', { response, name: 'Laptop' })
  expect(added.status).toBe(201)
  return { email, browser, authenticator, response }
}

test('a passkey signs in alone, without password or code', async () => {
  const { email, authenticator } = await withPasskey()
  const browser = openDashboard(service)
  const answer = await use(browser, authenticator.authenticate(await signInOptions(browser)))
  expect(answer.body).toMatchObject({ state: 'signed_in', account: { email } })
  expect((await accountOf(browser)).email).toBe(email)
})

test('with a passkey the password alone is no longer enough, and the passkey completes it', async () => {
  const { email, authenticator } = await withPasskey()
  const browser = openDashboard(service)
  expect((await signIn(browser, email)).body).toEqual({ state: 'second_factor', methods: ['passkey'] })
  expect(outcome(await browser.send('GET', '/account'))).toBe('second_factor_required')
  const answer = await use(browser, authenticator.authenticate(await signInOptions(browser)))
  expect(answer.body).toMatchObject({ state: 'signed_in' })
})

test('a passkey of one account does not complete the sign-in of another', async () => {
  const [ann, bob] = [await withPasskey(), await withPasskey()]
  const browser = openDashboard(service)
  await signIn(browser, ann.email)
  expect(outcome(await use(browser, bob.authenticator.authenticate(await signInOptions(browser))))).toBe(
    'passkey_invalid',
  )
  expect(outcome(await browser.send('GET', '/account'))).toBe('second_factor_required')
})

test.each([
  ['a page of another origin', { origin: 'https://evil.example' }],
  ['a sibling origin', { origin: 'http://localhost:1' }],
  ['another site', { rpId: 'evil.example' }],
  ['a device that did not verify the person', { verified: false }],
])('an answer from %s is refused', async (_, change) => {
  const { authenticator } = await withPasskey()
  const browser = openDashboard(service)
  const response = authenticator.authenticate(await signInOptions(browser), change)
  expect(outcome(await use(browser, response))).toBe('passkey_invalid')
  expect(outcome(await browser.send('GET', '/account'))).toBe('unauthenticated')
})

test('an answer works once, and only for a challenge that was given out', async () => {
  const { authenticator } = await withPasskey()
  const browser = openDashboard(service)
  const options = await signInOptions(browser)
  const response = authenticator.authenticate(options)
  expect((await use(browser, response)).status).toBe(200)
  expect(outcome(await use(openDashboard(service), response))).toBe('passkey_invalid')
  const own = authenticator.authenticate({ challenge: 'a'.repeat(43) })
  expect(outcome(await use(openDashboard(service), own))).toBe('passkey_invalid')
})

test('a copied authenticator is noticed by its counter', async () => {
  const { authenticator } = await withPasskey()
  const attempt = async (counter: number) => {
    const browser = openDashboard(service)
    return outcome(await use(browser, authenticator.authenticate(await signInOptions(browser), { counter })))
  }
  expect([await attempt(5), await attempt(6), await attempt(6), await attempt(3)]).toEqual([
    200,
    200,
    'passkey_invalid',
    'passkey_invalid',
  ])
})

test('an answer whose signature, id or form is wrong is refused', async () => {
  const { authenticator } = await withPasskey()
  const browser = openDashboard(service)
  const right = () => signInOptions(browser).then((options) => authenticator.authenticate(options))
  const inner = (response: Record<string, unknown>) => response.response as Record<string, string>
  const answer = await right()
  const forged = { ...answer, response: { ...inner(answer), signature: 'AAAA' } }
  const renamed = { ...(await right()), id: 'AAAA', rawId: 'AAAA' }
  for (const response of [forged, renamed, {}, { response: {} }, { id: 1 }, { response: { clientDataJSON: 7 } }])
    expect(outcome(await use(browser, response))).toBe('passkey_invalid')
})

test('a passkey is registered for one account, and a registration is not replayed', async () => {
  const { browser, response, authenticator } = await withPasskey()
  expect(outcome(await browser.send('POST', '/account/passkeys', { response, name: 'x' }))).toBe('passkey_invalid')
  const other = await signUpInvited(service, 'other@blog.example')
  const again = authenticator.register(await optionsFrom(other, '/account/passkeys/options'))
  expect(outcome(await other.send('POST', '/account/passkeys', { response: again, name: 'x' }))).toBe('passkey_invalid')
})

test('removing the last passkey needs a proof of the passkey, not only the password', async () => {
  const { browser, authenticator } = await withPasskey()
  expect(outcome(await browser.send('POST', '/account/step-up', { password: PASSWORD }))).toBe('second_factor_required')
  const options = await optionsFrom(browser, '/account/step-up/passkey-options')
  const proof = { response: authenticator.authenticate(options) }
  expect(outcome(await browser.send('POST', '/account/step-up', proof))).toBe(204)
  expect(outcome(await browser.send('DELETE', `/account/passkeys/${authenticator.id}`))).toBe(204)
})
