import type { AccountSession, SignInResult } from '@repartee/sdk/protocol/admin'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  accountOf,
  addTotp,
  type DashboardBrowser,
  openDashboard,
  PASSWORD,
  secretOf,
  setUpOperator,
  signIn,
  signUpInvited,
  totpAt,
} from '../../testing/dashboard-browser.ts'
import { operate } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import type { HttpAnswer } from '../../testing/wire-client.ts'

let service: RunningService
beforeAll(async () => {
  service = await startService({ DEMO: 'off' })
  await setUpOperator(service)
})
afterAll(() => service?.dispose())

const outcome = ({ status, body }: HttpAnswer): unknown =>
  (body as { error?: { code: string } } | null)?.error?.code ?? status
let people = 0
const newEmail = (): string => {
  people += 1
  return `person${people}@blog.example`
}

describe('a session', () => {
  test('that an attacker planted before is not the one that is signed in (fixation)', async () => {
    const email = newEmail()
    await signUpInvited(service, email)
    const attacker = openDashboard(service)
    await signIn(attacker, email, 'wrong')
    // Whatever cookie the victim's browser brings, signing in gives another.
    const planted = new Map([['repartee-local', 'a'.repeat(43)]])
    const victim = openDashboard(service, planted)
    await signIn(victim, email)
    expect(victim.cookies.get('repartee-local')).not.toBe('a'.repeat(43))
    expect(outcome(await openDashboard(service, planted).send('GET', '/account'))).toBe('unauthenticated')
  })

  test('of the first factor is worth nothing after the second, and that of the first was not signed in', async () => {
    const email = newEmail()
    const { secret } = await addTotp(await signUpInvited(service, email))
    const browser = openDashboard(service)
    expect((await signIn(browser, email)).body).toMatchObject({ state: 'second_factor' })
    const half = new Map(browser.cookies)
    expect(outcome(await browser.send('GET', '/account'))).toBe('second_factor_required')
    await browser.send('POST', '/sign-in/code', { code: totpAt(secret) })
    expect((await accountOf(browser)).email).toBe(email)
    expect(outcome(await openDashboard(service, half).send('GET', '/account'))).toBe('unauthenticated')
  })

  test('is ended by signing out, by another session, and by a new password', async () => {
    const email = newEmail()
    const first = await signUpInvited(service, email)
    const [second, third] = [openDashboard(service), openDashboard(service)]
    for (const browser of [second, third]) await signIn(browser, email)
    const copies = [first, second, third].map((browser) => openDashboard(service, browser.cookies))
    await first.send('POST', '/sign-out')
    expect(outcome(await (copies[0] as DashboardBrowser).send('GET', '/account'))).toBe('unauthenticated')
    const { body } = await third.send<{ sessions: AccountSession[] }>('GET', '/account/sessions')
    expect(body.sessions.map(({ current }) => current).sort()).toEqual([false, true])
    const other = body.sessions.find(({ current }) => !current)?.id ?? ''
    expect(outcome(await third.send('DELETE', `/account/sessions/${other}`))).toBe(204)
    expect(outcome(await (copies[1] as DashboardBrowser).send('GET', '/account'))).toBe('unauthenticated')
    const link = (await operate(service, 'account.resetLink', { email })) as { url: string }
    await openDashboard(service).send('POST', '/password-reset', {
      token: secretOf(link.url),
      password: 'another long sentence of mine',
    })
    expect(outcome(await (copies[2] as DashboardBrowser).send('GET', '/account'))).toBe('unauthenticated')
  })

  test.each([
    ['made up', 'b'.repeat(43)],
    ['empty', ''],
    ['with other characters', "'; drop table accounts --"],
    ['very long', 'c'.repeat(4_000)],
  ])('with a token that is %s is none', async (_, token) => {
    const browser = openDashboard(service, new Map([['repartee-local', token]]))
    expect(outcome(await browser.send('GET', '/account'))).toBe('unauthenticated')
  })

  test('sent twice in one request is none', async () => {
    const browser = await signUpInvited(service, newEmail())
    const token = browser.cookies.get('repartee-local') ?? ''
    const answer = await openDashboard(service).send('GET', '/account', undefined, {
      cookie: `repartee-local=${token}; repartee-local=${'d'.repeat(43)}`,
    })
    expect(outcome(answer)).toBe('unauthenticated')
  })

  test('is a cookie that scripts cannot read and other sites do not send', async () => {
    const { link } = (await operate(service, 'account.invite', { email: newEmail() })) as { link: string }
    const answer = await openDashboard(service).send('POST', '/invitations/accept', {
      token: secretOf(link),
      password: PASSWORD,
    })
    const [session = '', device = ''] = answer.headers.getSetCookie()
    for (const line of [session, device]) expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect(JSON.stringify(answer.body)).not.toContain(session.split(/[=;]/)[1])
  })
})

describe('a link for a new password', () => {
  test('works once, and does not sign in past the second factor', async () => {
    const email = newEmail()
    const { secret } = await addTotp(await signUpInvited(service, email))
    const link = (await operate(service, 'account.resetLink', { email })) as { url: string }
    const password = 'a rather different sentence'
    const browser = openDashboard(service)
    const reset = () => browser.send('POST', '/password-reset', { token: secretOf(link.url), password })
    expect(outcome(await reset())).toBe(204)
    expect(outcome(await reset())).toBe('link_invalid')
    expect(outcome(await browser.send('GET', '/account'))).toBe('unauthenticated')
    expect((await signIn(browser, email, password)).body).toEqual({
      state: 'second_factor',
      methods: ['totp', 'recovery_code'],
    })
    expect(outcome(await browser.send('POST', '/sign-in/code', { code: totpAt(secret, Date.now()) }))).toBe(200)
  })

  test('carries its secret where no server, log or Referer gets it', async () => {
    const email = newEmail()
    await signUpInvited(service, email)
    const { url } = (await operate(service, 'account.resetLink', { email })) as { url: string }
    const { pathname, search, hash } = new URL(url)
    expect([pathname, search]).toEqual(['/dashboard/reset', ''])
    expect(hash).toMatch(/^#[\w-]{43}$/)
  })

  test.each(['setup', 'invitations/read', 'sign-up/confirm', 'email/verify', 'email/confirm-change'])(
    'is worth nothing as one for /%s',
    async (path) => {
      const email = newEmail()
      await signUpInvited(service, email)
      const { url } = (await operate(service, 'account.resetLink', { email })) as { url: string }
      const token = secretOf(url)
      const body = path === 'setup' ? { token, email: 'x@y.example', password: PASSWORD } : { token }
      expect(['link_invalid', 'already_set_up']).toContain(
        outcome(await openDashboard(service).send('POST', `/${path}`, body)),
      )
    },
  )
})

describe('codes', () => {
  test('of an authenticator work once, also when two nodes get one at the same time', async () => {
    const email = newEmail()
    const { secret } = await addTotp(await signUpInvited(service, email))
    const browsers = [openDashboard(service), openDashboard(service)]
    for (const browser of browsers) await signIn(browser, email)
    const code = totpAt(secret)
    const answers = await Promise.all(browsers.map((browser) => browser.send('POST', '/sign-in/code', { code })))
    expect(answers.map(outcome).sort()).toEqual([200, 'code_invalid'])
  })

  test('for recovery work once', async () => {
    const email = newEmail()
    const { codes } = await addTotp(await signUpInvited(service, email))
    const code = codes[0] ?? ''
    const [first, second] = [openDashboard(service), openDashboard(service)]
    for (const browser of [first, second]) await signIn(browser, email)
    const upper = code.toUpperCase().replace('-', ' ')
    expect(outcome(await first.send('POST', '/sign-in/recovery-code', { code: upper }))).toBe(200)
    expect(outcome(await second.send('POST', '/sign-in/recovery-code', { code }))).toBe('code_invalid')
    expect((await accountOf(first)).recoveryCodesLeft).toBe(9)
  })

  test('cannot be tried without end, and whoever tries does not lock out a browser that is known', async () => {
    const email = newEmail()
    const known = await signUpInvited(service, email)
    await known.send('POST', '/sign-out')
    const attacker = openDashboard(service)
    const tries: unknown[] = []
    for (let i = 0; i < 12; i += 1) tries.push(outcome(await signIn(attacker, email, `guess number ${i}`)))
    expect(tries).toContain('rate_limited')
    expect(outcome(await signIn(attacker, email))).toBe('rate_limited')
    expect((await signIn(known, email)).body).toMatchObject({ state: 'signed_in' })
  })
})

test('an account with a second factor does not step up with its password', async () => {
  const email = newEmail()
  const browser = await signUpInvited(service, email)
  const { secret } = await addTotp(browser)
  expect(outcome(await browser.send('POST', '/account/step-up', { password: PASSWORD }))).toBe('second_factor_required')
  expect(outcome(await browser.send('POST', '/account/step-up', { code: totpAt(secret) }))).toBe(204)
})

test('of several people with set-up links one becomes the operator', async () => {
  const fresh = await startService({ DEMO: 'off' })
  try {
    const links = await Promise.all([1, 2, 3].map(() => operate(fresh, 'account.setupLink', {})))
    const answers = await Promise.all(
      (links as { url: string }[]).map(({ url }, i) =>
        openDashboard(fresh).send<SignInResult>('POST', '/setup', {
          token: secretOf(url),
          email: `first${i}@blog.example`,
          password: PASSWORD,
        }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  } finally {
    await fresh.dispose()
  }
})
