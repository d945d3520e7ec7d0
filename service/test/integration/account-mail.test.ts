import { type SmtpServerHandle, startSmtp } from '@repartee/tools/servers/start-smtp'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  accountOf,
  addTotp,
  type DashboardBrowser,
  openDashboard,
  PASSWORD,
  secretOf,
  setUpOperator,
  signIn,
  totpAt,
} from '../../testing/dashboard-browser.ts'
import { eventually } from '../../testing/eventually.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import type { HttpAnswer } from '../../testing/wire-client.ts'

let smtp: SmtpServerHandle
let service: RunningService
beforeAll(async () => {
  smtp = await startSmtp()
  service = await startService({
    DEMO: 'off',
    SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    MAIL_FROM: 'Comments <comments@service.example>',
    SIGN_UP: 'open',
  })
  await setUpOperator(service)
})
afterAll(async () => {
  await service?.dispose()
  await smtp?.stop()
})

const outcome = ({ status, body }: HttpAnswer): unknown =>
  (body as { error?: { code: string } } | null)?.error?.code ?? status

type Letter = { readonly subject: string; readonly link: string }

const read = async (raw: Buffer): Promise<Letter> => {
  const { subject = '', text = '' } = await PostalMime.parse(raw)
  return { subject, link: /https?:\/\/\S+#[\w-]{43}/.exec(text)?.[0] ?? '' }
}
const hasLink = ({ link }: Letter): boolean => link !== ''

/** Do something that causes mail, and read what arrived for one address afterwards; others may come before it. */
const mailTo = async (
  address: string,
  cause: () => Promise<unknown>,
  isWanted: (letter: Letter) => boolean = hasLink,
): Promise<Letter> => {
  const before = smtp.received.length
  await cause()
  return eventually(async () => {
    const own = smtp.received.slice(before).filter(({ to }) => to.includes(address))
    const letter = (await Promise.all(own.map(({ raw }) => read(raw)))).find(isWanted)
    if (letter === undefined) throw new Error(`no such mail to ${address}`)
    return letter
  })
}
const post = (browser: DashboardBrowser, path: string, body?: unknown) => browser.send('POST', path, body)

let people = 0
/** Sign up with a new address, through the mail. */
const signUp = async (): Promise<{ email: string; browser: DashboardBrowser }> => {
  people += 1
  const email = `reader${people}@blog.example`
  const browser = openDashboard(service)
  const { link } = await mailTo(email, () => post(browser, '/sign-up', { email, password: PASSWORD, language: 'vi' }))
  expect(outcome(await post(browser, '/sign-up/confirm', { token: secretOf(link) }))).toBe(200)
  return { email, browser }
}

test('an account is made once its address is proven, and speaks its language from the first mail on', async () => {
  const email = 'new@blog.example'
  const browser = openDashboard(service)
  const asked = () => post(browser, '/sign-up', { email, password: PASSWORD, language: 'vi' })
  const { link, subject } = await mailTo(email, asked)
  expect(subject).toMatch(/[ạảấầẩậắằặếệịọộớợụủứừựỹđ]/i)
  expect(outcome(await signIn(openDashboard(service), email))).toBe('sign_in_failed')
  expect(outcome(await post(browser, '/sign-up/confirm', { token: secretOf(link) }))).toBe(200)
  expect(await accountOf(browser)).toMatchObject({ email, emailVerified: true, language: 'vi', operator: false })
  expect(outcome(await post(openDashboard(service), '/sign-up/confirm', { token: secretOf(link) }))).toBe(
    'link_invalid',
  )
})

test('whoever signs up with an address that has an account is told so by mail only, and gets no link', async () => {
  const { email } = await signUp()
  const answers: unknown[] = []
  const again = async () => {
    answers.push((await post(openDashboard(service), '/sign-up', { email, password: `${PASSWORD} too` })).body)
  }
  const { link } = await mailTo(email, again, () => true)
  answers.push((await post(openDashboard(service), '/sign-up', { email: 'x@blog.example', password: PASSWORD })).body)
  expect(answers).toEqual([{ state: 'sent' }, { state: 'sent' }])
  expect(link).toBe('')
  expect((await signIn(openDashboard(service), email)).status).toBe(200)
})

test('a forgotten password is replaced through the mail; the second factor is still asked for', async () => {
  const { email, browser } = await signUp()
  const { secret } = await addTotp(browser)
  const stranger = openDashboard(service)
  const { link } = await mailTo(email, () => post(stranger, '/password-reset/request', { email }))
  const password = 'seven other herons downstream'
  const reset = () => post(stranger, '/password-reset', { token: secretOf(link), password })
  expect((await mailTo(email, reset, ({ subject }) => /mật khẩu/i.test(subject))).link).toBe('')
  expect(outcome(await browser.send('GET', '/account'))).toBe('unauthenticated')
  expect(outcome(await signIn(stranger, email))).toBe('sign_in_failed')
  expect((await signIn(stranger, email, password)).body).toMatchObject({ state: 'second_factor' })
  expect(outcome(await post(stranger, '/sign-in/code', { code: totpAt(secret) }))).toBe(200)
})

test('asking for a new password for an unknown address is answered alike, and sends nothing', async () => {
  const before = smtp.received.length
  const answer = await post(openDashboard(service), '/password-reset/request', { email: 'nobody@blog.example' })
  expect([answer.status, answer.body]).toEqual([202, null])
  // Something that does arrive was sent later.
  await signUp()
  expect(smtp.received.slice(before).flatMap(({ to }) => to)).not.toContain('nobody@blog.example')
})

test('an address changes when both mailboxes have confirmed, in either order', async () => {
  const { email, browser } = await signUp()
  const next = `next-${email}`
  let oldLink = ''
  const toNew = await mailTo(next, async () => {
    oldLink = (await mailTo(email, () => post(browser, '/account/email', { email: next }))).link
  })
  const confirm = (link: string) => post(openDashboard(service), '/email/confirm-change', { token: secretOf(link) })
  expect((await confirm(toNew.link)).body).toEqual({ state: 'waiting' })
  expect((await signIn(openDashboard(service), next)).status).toBe(401)
  expect((await confirm(oldLink)).body).toEqual({ state: 'done' })
  expect(outcome(await confirm(oldLink))).toBe('link_invalid')
  expect((await signIn(openDashboard(service), next)).status).toBe(200)
  expect((await signIn(openDashboard(service), email)).status).toBe(401)
})

test('while the mail server is away nothing is lost: what was asked for arrives afterwards', async () => {
  const { email } = await signUp()
  smtp.behave({ refuseAt: 'mail', code: 451, text: 'try again later' })
  const before = smtp.received.length
  await post(openDashboard(service), '/password-reset/request', { email })
  smtp.behave('accept')
  await eventually(() => expect(smtp.received.slice(before).flatMap(({ to }) => to)).toContain(email))
})
