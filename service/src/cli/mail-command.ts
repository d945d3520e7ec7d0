import { setTimeout as pause } from 'node:timers/promises'
import { type FailedMailPage, languageSchema, type MailStatus } from '@repartee/sdk/protocol/admin'
import * as v from 'valibot'
import type { MailState } from '../core/ports/mail-outbox.ts'
import { type CliCommand, text, UsageError } from './cli-command.ts'
import { operate, operateAll } from './operate.ts'

const WAIT_MS = 30_000
const ASK_MS = 250

export const mailTest: CliCommand = {
  usage: 'ADDRESS [--language en|vi]',
  summary: 'send a test mail and say whether the mail server took it',
  details: ['ADDRESS          where to send it', '--language LANG  en (default) or vi'],
  flags: { language: { type: 'string' } },
  argCount: { min: 1, max: 1 },
  run: async ({ config, flags, args, print }) => {
    const language = text(flags.language) ?? 'en'
    if (!v.is(languageSchema, language)) throw new UsageError('--language: expected en or vi')
    return operateAll(config, async (call) => {
      const { id } = (await call('mail.test', { to: args[0] ?? '', language })) as { id: string }
      let last: MailState | null = null
      for (const until = performance.now() + WAIT_MS; performance.now() < until; await pause(ASK_MS)) {
        last = (await call('mail.find', { id })) as MailState | null
        if (last?.state === 'sent') {
          print(`the mail server took the mail for ${args[0]}`)
          return 0
        }
        if (last?.lastError) break
      }
      print(
        last?.lastError
          ? `not sent: ${last.lastError}${last.state === 'waiting' ? '; it is tried again' : ''}`
          : 'stored, but not sent yet: is a node running?',
      )
      return 1
    })
  },
}

const describe = (status: MailStatus): string => {
  if (status.state === 'off') return 'mail is not configured: set SMTP_URL and MAIL_FROM'
  return status.state === 'ok'
    ? 'mail is configured, and no failure is known'
    : `no mail can be sent: ${status.problem}`
}

const time = (at: number): string => new Date(at).toISOString()

export const mailStatusCommand: CliCommand = {
  usage: '',
  summary: 'say whether mail can be sent, and list what was given up',
  details: ['The recipients are masked. `repartee mail retry ID` tries one again.'],
  flags: {},
  argCount: { min: 0, max: 0 },
  run: async ({ config, print }) =>
    operateAll(config, async (call) => {
      const status = (await call('mail.status', {})) as MailStatus
      print(describe(status))
      print(`waiting   ${status.waiting}${status.oldestAt === null ? '' : `, since ${time(status.oldestAt)}`}`)
      print(`given up  ${status.givenUp}`)
      for (let before: string | null = null, more = status.givenUp > 0; more; ) {
        const page = (await call('mail.failed', { before })) as FailedMailPage
        for (const { id, kind, to, givenUpAt, lastError } of page.mail)
          print(`${id}\t${kind}\t${to ?? 'unreadable'}\t${time(givenUpAt)}\t${lastError}`)
        before = page.next
        more = before !== null
      }
      return status.state === 'failing' ? 1 : 0
    }),
}

export const mailRetry: CliCommand = {
  usage: '[ID]',
  summary: 'try given-up mail again: one, or all without an ID',
  details: ['ID   as printed by `mail status`'],
  flags: {},
  argCount: { min: 0, max: 1 },
  run: async ({ config, args, print }) => {
    const [id] = args
    if (id !== undefined) {
      await operate(config, 'mail.retry', { id })
      print(`${id} is tried again`)
      return 0
    }
    const { retried } = (await operate(config, 'mail.retryAll', {})) as { retried: number }
    print(retried === 0 ? 'no mail was given up' : `${retried} are tried again`)
    return 0
  },
}
