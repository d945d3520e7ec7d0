import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { BUILT_SERVICE } from '@repartee/tools/servers/built-node'
import { freePort } from '@repartee/tools/servers/free-port'
import { type SmtpServerHandle, startSmtp } from '@repartee/tools/servers/start-smtp'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { addTotp, type DashboardBrowser, openDashboard, secretOf, signIn } from '../../testing/dashboard-browser.ts'
import { eventually } from '../../testing/eventually.ts'
import type { HttpAnswer } from '../../testing/wire-client.ts'

const EMAIL = 'mai.tran.unmistakable@blog.example'
const NEXT_EMAIL = 'mai.moved.unmistakable@blog.example'
const INVITED = 'invited.unmistakable@blog.example'
const PASSWORD = 'nine unmistakable herons by the river'
const NEXT_PASSWORD = 'seven unmistakable otters downstream'
const SMTP_PASSWORD = 'smtp-unmistakable-word'

const repartee = join(BUILT_SERVICE, 'repartee.js')
const run = promisify(execFile)

let smtp: SmtpServerHandle
let folder: string
let env: Record<string, string>
let output = ''
let service: ChildProcess
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repartee-clear-'))
  smtp = await startSmtp({ account: { user: 'service', pass: SMTP_PASSWORD } })
  env = {
    ...(process.env as Record<string, string>),
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    METRICS_PORT: String(await freePort()),
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'debug',
    SMTP_URL: `smtp://service:${SMTP_PASSWORD}@127.0.0.1:${smtp.port}`,
    MAIL_FROM: 'Comments <comments@service.example>',
  }
})
afterAll(async () => {
  await stop()
  await smtp?.stop()
  await rm(folder, { recursive: true, force: true })
})

const start = async (more: Record<string, string> = {}): Promise<void> => {
  service = spawn(process.execPath, [repartee, 'serve'], { env: { ...env, ...more } })
  for (const stream of [service.stdout, service.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  const isReady = async () => expect((await fetch(`http://127.0.0.1:${env.PORT}/readyz`)).status).toBe(200)
  await vi.waitFor(isReady, { timeout: 60_000, interval: 50 })
}
const stop = async (): Promise<void> => {
  if (service === undefined || service.exitCode !== null) return
  service.kill('SIGTERM')
  await once(service, 'exit')
}
const cli = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, [repartee, ...args], { env })).stdout

/** Every answer of the service, and the secrets that were given out or typed in. */
const answers: string[] = []
const secrets = new Map<string, string>([
  ['the password', PASSWORD],
  ['the new password', NEXT_PASSWORD],
  ['the password of the mail server', SMTP_PASSWORD],
])
const addresses = new Map([
  ['the address', EMAIL],
  ['the new address', NEXT_EMAIL],
  ['the invited address', INVITED],
])

const keep = (answer: HttpAnswer): void =>
  void answers.push(JSON.stringify([...answer.headers], null, 1) + JSON.stringify(answer.body))
const browserAt = (): DashboardBrowser => {
  const url = `http://localhost:${env.PORT}`
  const browser = openDashboard({ url, api: `${url}/api/v1` })
  return {
    ...browser,
    send: async (method, path, body, headers) => {
      const answer = await browser.send<never>(method, path, body, headers)
      keep(answer)
      return answer
    },
  }
}
const linkIn = async (address: string, after: number): Promise<string> =>
  eventually(async () => {
    for (const { to, raw } of smtp.received.slice(after)) {
      const link = /https?:\/\/\S+#[\w-]{43}/.exec((await PostalMime.parse(raw)).text ?? '')?.[0]
      if (to.includes(address) && link !== undefined) return secretOf(link)
    }
    throw new Error(`no link for ${address}`)
  })

/** Every file below a folder, as it is and unpacked, without those that hold keys. */
const filesIn = async (path: string): Promise<[name: string, content: string][]> => {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && !['secret', 'encryption-keys'].includes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      const content = await readFile(name)
      return [name, (name.endsWith('.gz') ? gunzipSync(content) : content).toString('latin1')]
    }),
  )
}
const found = (what: ReadonlyMap<string, string>, files: readonly (readonly [name: string, content: string])[]) =>
  files.flatMap(([name, content]) =>
    [...what].filter(([, text]) => content.includes(text)).map(([one]) => `${one} in ${name}`),
  )

test('after everything an owner does, no secret and no address stands in a log, an answer, the database or a backup', async () => {
  await start()
  const setup = await eventually(() => {
    const link = /http\S+#[\w-]{43}/.exec(output)?.[0]
    if (link === undefined) throw new Error('no set-up link yet')
    return secretOf(link)
  })
  const owner = browserAt()
  expect((await owner.send('POST', '/setup', { token: setup, email: EMAIL, password: PASSWORD })).status).toBe(200)
  const { secret, codes } = await addTotp(owner)
  secrets.set('the seed of the authenticator', secret)
  for (const [i, code] of codes.entries()) secrets.set(`recovery code ${i}`, code)
  secrets.set('a token of a session', owner.cookies.get('repartee-local') ?? '')

  const again = browserAt()
  await signIn(again, EMAIL, PASSWORD)
  secrets.set('a token between the factors', again.cookies.get('repartee-local') ?? '')
  expect((await again.send('POST', '/sign-in/recovery-code', { code: codes[0] })).status).toBe(200)
  secrets.set('another token of a session', again.cookies.get('repartee-local') ?? '')

  let mails = smtp.received.length
  await again.send('POST', '/password-reset/request', { email: EMAIL })
  const reset = await linkIn(EMAIL, mails)
  secrets.set('the link for a new password', reset)
  await again.send('POST', '/password-reset', { token: reset, password: NEXT_PASSWORD })
  await signIn(again, EMAIL, NEXT_PASSWORD)
  expect((await again.send('POST', '/sign-in/recovery-code', { code: codes[1] })).status).toBe(200)

  mails = smtp.received.length
  await again.send('POST', '/invitations', { email: INVITED })
  secrets.set('the link of an invitation', await linkIn(INVITED, mails))
  mails = smtp.received.length
  await again.send('POST', '/account/email', { email: NEXT_EMAIL })
  for (const address of [EMAIL, NEXT_EMAIL]) {
    const token = await linkIn(address, mails)
    secrets.set(`the link to change ${address === EMAIL ? 'from' : 'to'} an address`, token)
    await again.send('POST', '/email/confirm-change', { token })
  }
  expect(
    (await again.send('POST', '/sites', { name: 'Unmistakable site', origins: ['https://blog.example'] })).status,
  ).toBe(201)
  await again.send('GET', '/sites')
  await cli('backup', join(folder, 'before.tar.gz'))

  const logs = output.replaceAll(setup, '')
  const databases = [...(await filesIn(env.DATA_DIR ?? '')), ...(await filesIn(folder))]
  // What is not secret is found, so secrets would be.
  const places = found(new Map([['the name', 'Unmistakable site']]), databases)
  expect(places.some((place) => place.endsWith('.gz'))).toBe(true)
  expect(places.some((place) => place.includes('/data/db/'))).toBe(true)
  expect(found(new Map([...secrets, ...addresses]), [['the log', logs], ...databases])).toEqual([])
  // What the owner sees of the own account has the address; a seed and codes are shown once, when they are made.
  const shownOnce = answers.filter((answer) => !/"secret"|"codes"|set-cookie/.test(answer))
  expect(found(secrets, [['the answers', shownOnce.join('\n')]])).toEqual([])
})

test('after the keys were rotated no value needs the old key, and a backup from before still restores', async () => {
  const before = await cli('keys', 'status')
  await cli('keys', 'rotate')
  const after = await cli('keys', 'status')
  expect(after).not.toBe(before)
  const browser = browserAt()
  expect((await signIn(browser, NEXT_EMAIL, NEXT_PASSWORD)).body).toMatchObject({ state: 'second_factor' })
  await stop()

  const restored = join(folder, 'restored')
  await run(process.execPath, [repartee, 'restore', join(folder, 'before.tar.gz')], {
    env: { ...env, DATA_DIR: restored },
  })
  for (const file of ['secret', 'encryption-keys']) await cp(join(env.DATA_DIR ?? '', file), join(restored, file))
  await start({ DATA_DIR: restored })
  expect((await signIn(browserAt(), NEXT_EMAIL, NEXT_PASSWORD)).body).toMatchObject({ state: 'second_factor' })
})
