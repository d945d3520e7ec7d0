import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeSmtpError } from './smtp-errors.ts'
import { parseSmtpUrl } from './smtp-url.ts'

test.each([
  ['smtp://mail.example', { host: 'mail.example', port: 587, tls: 'starttls', auth: null }],
  ['smtp://u:p@mail.example:25', { host: 'mail.example', port: 25, tls: 'starttls', auth: { user: 'u', pass: 'p' } }],
  ['smtp://mail.example?starttls=off', { host: 'mail.example', port: 587, tls: 'none', auth: null }],
  ['smtp://localhost:1025', { host: 'localhost', port: 1025, tls: 'none', auth: null }],
  ['smtp://127.0.0.2', { host: '127.0.0.2', port: 587, tls: 'none', auth: null }],
  ['smtp://[::1]:25/', { host: '::1', port: 25, tls: 'none', auth: null }],
  // Not this machine, whatever its name starts with.
  ['smtp://127.0.0.1.evil.example', { host: '127.0.0.1.evil.example', port: 587, tls: 'starttls', auth: null }],
  [
    'smtps://user%40a.example:p%3Aw%2F@mail.example',
    { host: 'mail.example', port: 465, tls: 'implicit', auth: { user: 'user@a.example', pass: 'p:w/' } },
  ],
  ['smtps://localhost?starttls=off', { host: 'localhost', port: 465, tls: 'implicit', auth: null }],
])('%s', (url, expected) => {
  expect(parseSmtpUrl(url)).toEqual(expected)
})

test('any text is read or refused with an error that does not repeat it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `smtp://${text}`),
      ),
      (text) => {
        try {
          expect(parseSmtpUrl(text).host).not.toBe('')
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
          if (text.length > 20) expect(String(error)).not.toContain(text)
        }
      },
    ),
  )
})

test.each([
  [
    { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response: '550 5.1.1 <ann@example.org> unknown' },
    'message',
  ],
  [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 554, response: '554 5.7.1 Relay access denied' }, 'later'],
  [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 451, response: '451 4.7.1 Greylisted' }, 'later'],
  [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 421, response: '421 4.3.2 shutting down' }, 'server'],
  [{ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 550, response: '550 sender refused' }, 'server'],
  [{ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 530, response: '530 5.7.0 Must issue STARTTLS' }, 'server'],
  [{ code: 'EMESSAGE', command: 'DATA', responseCode: 552, response: '552 too big' }, 'message'],
  [{ code: 'EMESSAGE', command: 'DATA', responseCode: 452, response: '452 4.3.1 full' }, 'later'],
  [{ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535, response: '535 5.7.8 wrong' }, 'server'],
  [{ code: 'ETLS', message: 'certificate has expired' }, 'server'],
  [{ code: 'ESOCKET', command: 'CONN', message: 'connect ECONNREFUSED' }, 'server'],
  ['anything else', 'server'],
])('%o is about the %s', (error, kind) => {
  expect(describeSmtpError(error).kind).toBe(kind)
})

test('the reason of a failure is one short line without addresses', () => {
  const response = `550 5.1.1 <ann+x@example.org>: recipient ann@bücher.example\r\n rejected${' x'.repeat(500)}`
  const { reason } = describeSmtpError({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response })
  expect(reason).toMatch(/^EENVELOPE RCPT TO: 550 5\.1\.1 <…@…>: recipient …@… rejected x/)
  expect(reason.length).toBeLessThanOrEqual(200)
})
