import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@repartee/tools/servers/free-port'
import { makeSelfSigned } from '@repartee/tools/servers/self-signed'
import {
  type SmtpConduct,
  type SmtpOptions,
  type SmtpServerHandle,
  startSmtp,
} from '@repartee/tools/servers/start-smtp'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createSmtpTransport } from '../../src/adapters/smtp/smtp-transport.ts'
import { parseSmtpUrl, type SmtpServer } from '../../src/adapters/smtp/smtp-url.ts'
import { buildMessage } from '../../src/core/mail/build-message.ts'
import { MailFailure } from '../../src/core/ports/mail-transport.ts'
import { sampleMail } from '../../testing/sample-mail.ts'
import { AT } from '../../testing/store-scene.ts'

const MAX_MS = 1_500
const PASSWORD = 'p@ss/w:rd#1'

let folder: string
let tls: { key: string; cert: string }
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'repartee-smtp-'))
  const files = makeSelfSigned(folder)
  tls = { key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.certificate, 'utf8') }
})
afterAll(() => rmSync(folder, { recursive: true }))

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
const start = async (o: SmtpOptions = {}): Promise<SmtpServerHandle> => {
  const server = await startSmtp(o)
  stops.push(() => server.stop())
  return server
}

const message = buildMessage({ id: '0190a000-0000-7000-8000-000000000001', createdAt: AT }, sampleMail('test'), {
  from: { name: '', address: 'comments@blog.example' },
  service: 'https://comments.example',
  dashboard: 'https://comments.example/dashboard',
})

/** Send the message; resolves with the failure, or `null`. */
const send = async (to: string | SmtpServer, o: { ca?: string } = {}): Promise<MailFailure | null> => {
  const server = typeof to === 'string' ? parseSmtpUrl(to) : to
  const transport = createSmtpTransport({ server, maxMs: MAX_MS, tls: o })
  try {
    await transport.send(message)
    return null
  } catch (error) {
    if (error instanceof MailFailure) return error
    throw error
  }
}
const refuse = (refuseAt: 'mail' | 'recipient' | 'data', code: number, text: string): SmtpConduct => ({
  refuseAt,
  code,
  text,
})

describe('a server that', () => {
  test.each<[string, SmtpConduct, MailFailure['kind'], RegExp]>([
    ['hangs when it is called', 'hang at connect', 'server', /no answer within 1\.5 s|Greeting|timeout/i],
    ['hangs after the message', 'hang in data', 'server', /no answer within 1\.5 s|timeout/i],
    ['hangs up in the middle of the message', 'cut in data', 'server', /closed|ECONNRESET|EPIPE/],
    ['takes the message and hangs up before it says so', 'lose answer', 'server', /closed|ECONNRESET/],
    ['takes the message and says nothing', 'keep silent', 'server', /no answer within 1\.5 s|timeout/i],
    ['is greylisting', refuse('recipient', 451, '4.7.1 try again'), 'later', /451 4\.7\.1 try again/],
    ['has no such user', refuse('recipient', 550, '5.1.1 <ann@example.org> unknown'), 'message', /550 5\.1\.1 <…@…>/],
    ['does not relay', refuse('recipient', 554, '5.7.1 relay access denied'), 'later', /554 5\.7\.1/],
    ['refuses the content', refuse('data', 554, '5.6.0 not wanted'), 'message', /554 5\.6\.0/],
    ['is full', refuse('data', 452, '4.3.1 full'), 'later', /452 4\.3\.1/],
    ['refuses the sender', refuse('mail', 550, '5.7.1 sender refused'), 'server', /550 5\.7\.1/],
    ['is shutting down', refuse('recipient', 421, '4.3.2 shutting down'), 'server', /421 4\.3\.2/],
  ])('%s', async (_, conduct, kind, reason) => {
    const server = await start()
    server.behave(conduct)
    const startedAt = performance.now()
    const failure = await send(`smtp://127.0.0.1:${server.port}`)
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(reason) })
    expect(failure?.message).not.toContain('ann@')
    // Generous: a busy machine.
    expect(performance.now() - startedAt).toBeLessThan(10 * MAX_MS)
    server.behave('accept')
    expect(await send(`smtp://127.0.0.1:${server.port}`)).toBeNull()
  })

  test('is away', async () => {
    expect(await send(`smtp://127.0.0.1:${await freePort()}`)).toMatchObject({
      kind: 'server',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    expect(await send('smtp://nowhere.invalid?starttls=off')).toMatchObject({ kind: 'server' })
  })
})

describe('encryption', () => {
  /** As for a server that is not this machine. */
  const remote = (port: number, more = ''): SmtpServer => ({
    ...parseSmtpUrl(`smtp://mail.example:${port}${more}`),
    host: 'localhost',
  })

  test('is required except to this machine: a server without it gets no message', async () => {
    const server = await start()
    expect(await send(remote(server.port))).toMatchObject({
      kind: 'server',
      message: expect.stringContaining('STARTTLS'),
    })
    expect(server.received).toEqual([])
    expect(await send(remote(server.port, '?starttls=off'))).toBeNull()
    expect(server.received).toMatchObject([{ secure: false }])
  })

  test.each<[string, SmtpOptions, (port: number) => string | SmtpServer]>([
    ['after STARTTLS', {}, (port) => remote(port)],
    ['from the first byte', { implicit: true }, (port) => `smtps://localhost:${port}`],
  ])('%s: with a certificate that nobody vouches for nothing is sent', async (_, more, to) => {
    const server = await start({ tls, ...more })
    expect(await send(to(server.port))).toMatchObject({
      kind: 'server',
      message: expect.stringMatching(/self-signed certificate/),
    })
    expect(server.received).toEqual([])
    expect(await send(to(server.port), { ca: tls.cert })).toBeNull()
    expect(server.received).toMatchObject([{ secure: true }])
  })
})

describe('the account', () => {
  const url = (port: number, pass: string): string => `smtps://mailer:${encodeURIComponent(pass)}@localhost:${port}`
  const account = { user: 'mailer', pass: PASSWORD }

  test('is used over TLS, with any password', async () => {
    const server = await start({ tls, implicit: true, account })
    expect(await send(url(server.port, PASSWORD), { ca: tls.cert })).toBeNull()
    expect(server.received).toMatchObject([{ secure: true, user: 'mailer' }])
  })

  test('a wrong password stops all mail, gives none up, and appears nowhere', async () => {
    const server = await start({ tls, implicit: true, account })
    const failure = await send(url(server.port, 'wr0ng-secret'), { ca: tls.cert })
    expect(failure).toMatchObject({ kind: 'server', message: expect.stringContaining('535') })
    expect(failure?.message).not.toContain('wr0ng')
    expect(server.received).toEqual([])
  })

  test('a server that knows no accounts gets no message', async () => {
    const server = await start({ tls, implicit: true })
    expect(await send(url(server.port, PASSWORD), { ca: tls.cert })).toMatchObject({ kind: 'server' })
    expect(server.received).toEqual([])
  })
})
