import { freePort } from '@repartee/tools/servers/free-port'
import { type SmtpServerHandle, startSmtp } from '@repartee/tools/servers/start-smtp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { setUpOperator } from '../../testing/dashboard-browser.ts'
import { eventually } from '../../testing/eventually.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call } from '../../testing/wire-client.ts'

let smtp: SmtpServerHandle
let service: RunningService
beforeAll(async () => {
  smtp = await startSmtp()
  service = await startService({
    SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    MAIL_FROM: 'Comments <comments@blog.example>',
    LOG_LEVEL: 'silent',
  })
})
afterAll(async () => {
  await service?.dispose()
  await smtp?.stop()
})

/** Run one command line beside the service. */
const run = async (...args: string[]) => {
  const lines: string[] = []
  const env = { DATA_DIR: service.dataDir, LOG_LEVEL: 'silent' }
  const print = (line: string): void => void lines.push(line)
  const code = await runCli(args, env, print, print)
  return { code, lines }
}

const ready = async () =>
  (await call<{ status: string; checks: { mail: string } }>('GET', `${service.url}/readyz`)).body
const metric = async (name: string): Promise<number | undefined> => {
  const text = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`repartee_${name} `))
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}

test('a test mail is sent, in the language asked for, and the command says so', async () => {
  expect(await run('mail', 'test', 'ann@example.org', '--language', 'vi')).toEqual({
    code: 0,
    lines: ['the mail server took the mail for ann@example.org'],
  })
  expect(smtp.received.at(-1)).toMatchObject({ from: 'comments@blog.example', to: ['ann@example.org'] })
  expect(smtp.received.at(-1)?.raw.toString()).toContain('Content-Language: vi')
  expect(await run('mail', 'status')).toEqual({
    code: 0,
    lines: ['mail is configured, and no failure is known', 'waiting   0', 'given up  0'],
  })
  expect(await ready()).toMatchObject({ status: 'ok', checks: { mail: 'ok' } })
})

test('an address that is none and a language that is none are refused, and nothing is sent', async () => {
  const { length } = smtp.received
  const refused = await run('mail', 'test', 'ann@localhost')
  expect(refused.code).toBe(1)
  expect(refused.lines[0]).toMatch(/^repartee: email: .* \(email_invalid\)$/)
  expect((await run('mail', 'test', 'ann@example.org', '--language', 'de')).lines[0]).toContain('expected en or vi')
  expect(smtp.received).toHaveLength(length)
})

test('a refused mail is shown with its masked recipient and the reason, and can be tried again', async () => {
  smtp.behave({ refuseAt: 'recipient', code: 550, text: '5.1.1 <nobody@example.org> unknown' })
  const failed = await run('mail', 'test', 'nobody@example.org')
  expect(failed).toMatchObject({ code: 1, lines: [expect.stringMatching(/^not sent: .*550 5\.1\.1 <…@…> unknown$/)] })
  const status = await run('mail', 'status')
  expect(status.lines).toEqual([
    'mail is configured, and no failure is known',
    'waiting   0',
    'given up  1',
    expect.stringMatching(/^[0-9a-f-]{36}\ttest\tn…@example\.org\t\S+Z\t.*550 5\.1\.1 <…@…> unknown$/),
  ])
  await eventually(async () => expect(await metric('mail_given_up')).toBe(1))

  smtp.behave('accept')
  const id = status.lines[3]?.split('\t')[0] ?? ''
  expect(await run('mail', 'retry', id)).toEqual({ code: 0, lines: [`${id} is tried again`] })
  await eventually(() => expect(smtp.received.at(-1)?.to).toEqual(['nobody@example.org']))
  expect((await run('mail', 'retry', id)).lines[0]).toContain('(object_not_found)')
  expect(await run('mail', 'retry')).toEqual({ code: 0, lines: ['no mail was given up'] })
})

test('an operator does the same in the dashboard', async () => {
  const operator = await setUpOperator(service)
  const language = { to: 'eve@example.org', language: 'vi' }
  smtp.behave({ refuseAt: 'recipient', code: 550, text: '5.1.1 <eve@example.org> unknown' })
  const sent = await operator.send<{ id: string }>('POST', '/mail/test', language)
  expect(sent.status).toBe(201)
  const { id } = sent.body
  await eventually(async () =>
    expect((await operator.send('GET', `/mail/messages/${id}`)).body).toEqual({
      state: 'given_up',
      lastError: expect.stringContaining('<…@…> unknown'),
    }),
  )
  expect((await operator.send('GET', '/mail')).body).toEqual({
    state: 'ok',
    problem: null,
    waiting: 0,
    oldestAt: null,
    givenUp: 1,
  })
  expect((await operator.send('GET', '/mail/failed')).body).toEqual({
    mail: [expect.objectContaining({ id, kind: 'test', to: 'e…@example.org', attempts: 1 })],
    next: null,
  })
  smtp.behave('accept')
  expect((await operator.send('POST', `/mail/failed/${id}/retry`)).status).toBe(204)
  await eventually(async () =>
    expect((await operator.send('GET', `/mail/messages/${id}`)).body).toEqual({ state: 'sent', lastError: null }),
  )
  expect((await operator.send('POST', '/mail/failed/retry')).body).toEqual({ retried: 0 })
  for (const [body, code] of [
    [{ to: 'x' }, 'email_invalid'],
    [{ to: 7 }, 'invalid_request'],
    [{ to: 'a@b.example', language: 'de' }, 'invalid_request'],
    [{ to: `${'a'.repeat(1_000_000)}@b.example` }, 'payload_too_large'],
  ] as const)
    expect((await operator.send('POST', '/mail/test', body)).body).toMatchObject({ error: { code } })
})

test('while the server refuses all mail the node is degraded and says why; afterwards what waited is sent', async () => {
  smtp.behave({ refuseAt: 'mail', code: 550, text: '5.7.1 sender refused' })
  const failed = await run('mail', 'test', 'bob@example.org')
  expect(failed).toMatchObject({ code: 1, lines: [expect.stringContaining('sender refused; it is tried again')] })
  expect(await ready()).toMatchObject({
    status: 'degraded',
    checks: { mail: expect.stringMatching(/^no mail can be sent: .*sender refused$/) },
  })
  expect(await run('mail', 'status')).toMatchObject({
    code: 1,
    lines: [expect.stringContaining('sender refused'), expect.stringMatching(/^waiting {3}1, since /), 'given up  0'],
  })
  smtp.behave('accept')
  await eventually(() => expect(smtp.received.at(-1)?.to).toEqual(['bob@example.org']))
  await eventually(async () => expect(await ready()).toMatchObject({ status: 'ok', checks: { mail: 'ok' } }))
})

test('a service without a mail server says so, and takes no mail', async () => {
  const other = await startService({ LOG_LEVEL: 'silent' })
  try {
    expect((await call<unknown>('GET', `${other.url}/readyz`)).body).toMatchObject({
      status: 'ok',
      checks: { mail: 'not configured' },
    })
    const lines: string[] = []
    const print = (line: string): void => void lines.push(line)
    const env = { DATA_DIR: other.dataDir, LOG_LEVEL: 'silent' }
    expect(await runCli(['mail', 'test', 'ann@example.org'], env, print, print)).toBe(1)
    expect(lines).toEqual(['repartee: set SMTP_URL and MAIL_FROM (mail_not_configured)'])
  } finally {
    await other.dispose()
  }
})

test('a service whose mail server is away serves as usual', async () => {
  const other = await startService({
    SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
    MAIL_FROM: 'comments@blog.example',
    LOG_LEVEL: 'silent',
  })
  try {
    expect((await call('GET', `${other.url}/readyz`)).status).toBe(200)
  } finally {
    await other.dispose()
  }
})
