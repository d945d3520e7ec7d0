import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { DueMail, MailOutbox } from '../ports/mail-outbox.ts'
import { MailFailure, type MailTransport, type OutgoingMessage } from '../ports/mail-transport.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { buildMessage, type Sender } from './build-message.ts'
import { openMailContent } from './mail-content.ts'
import { nextAttemptAt, serverPauseMs } from './retry-times.ts'

/** Sending mail, as the rest of the service sees it. */
export type Mailer = {
  readonly isConfigured: boolean
  /** Look for mail now, because some was stored. Calling it is never needed: mail is found within seconds. */
  wake(): void
  /** Why no mail can be sent at present; `null` while the server takes it. */
  problem(): string | null
}

export type MailDelivery = Mailer & {
  /** Take no more mail, and wait a while for what is being sent. */
  close(): Promise<void>
}

type Options = {
  readonly outbox: MailOutbox
  readonly secrets: SecretBox
  readonly transport: MailTransport
  readonly sender: () => Sender
  readonly now: Clock
  readonly log: Logger
  readonly metrics: Metrics
  /** How long a mail is claimed. Longer than the transport takes, or it is sent twice. */
  readonly claimMs?: number
  readonly pollMs?: number
}

/** Messages that a node sends at the same time. */
const AT_ONCE = 4
const POLL_MS = 5_000
/** Beyond what a message may take: time to report the outcome. */
const REPORT_MS = 60_000
const REPORT_AGAIN_MS = 1_000
const CLOSE_MS = 15_000

/** Where no mail can be sent: nothing is stored to be sent either. */
export const noMailer: Mailer = { isConfigured: false, wake: () => undefined, problem: () => null }

/**
 * Send the mail of the outbox, on any number of nodes. Each mail is sent at least once: it is claimed, sent, and marked,
 * so one whose node ends in between is sent again, with the same Message-ID. While the server is away, one mail is tried
 * now and then, and the others wait.
 */
export const startMailDelivery = (o: Options): MailDelivery => {
  const claimMs = o.claimMs ?? o.transport.maxMs + REPORT_MS
  const active = new Set<Promise<void>>()
  let failures = 0
  let problem: string | null = null
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let filling: Promise<void> | null = null
  let isAskedAgain = false

  const report = async (mail: DueMail, untilAt: number, mark: () => Promise<void>): Promise<void> => {
    for (;;)
      try {
        return await mark()
      } catch (error) {
        // Another node sends it again once the claim has ended.
        if (stopped || o.now() + REPORT_AGAIN_MS > untilAt) {
          o.log.warn('the outcome of a mail could not be stored', { mail: mail.id, error: String(error) })
          return
        }
        await new Promise((resolve) => setTimeout(resolve, REPORT_AGAIN_MS))
      }
  }

  const serverWorks = (): void => {
    if (problem !== null) o.log.info('mail can be sent again')
    failures = 0
    problem = null
  }
  const serverFails = (reason: string): void => {
    if (problem === null) o.log.warn('no mail can be sent', { reason })
    failures += 1
    problem = reason
  }

  /** A newer version stored it, or its key is missing: it may be read later, or by another node. */
  const read = (mail: DueMail): OutgoingMessage | MailFailure => {
    try {
      return buildMessage(mail, openMailContent(o.secrets, mail), o.sender())
    } catch (error) {
      return new MailFailure('later', error instanceof Error ? error.message : String(error))
    }
  }

  /** What went wrong with a mail, if anything. */
  const attempt = async (mail: DueMail): Promise<MailFailure | null> => {
    const message = read(mail)
    if (message instanceof MailFailure) return message
    try {
      await o.transport.send(message)
      serverWorks()
      return null
    } catch (error) {
      const failure = error instanceof MailFailure ? error : new MailFailure('server', String(error))
      if (failure.kind === 'server') serverFails(failure.message)
      else serverWorks()
      return failure
    }
  }

  const deliver = async (mail: DueMail, untilAt: number): Promise<void> => {
    const failure = await attempt(mail)
    if (failure === null) {
      o.metrics.count('mail_sent', { outcome: 'sent' })
      return report(mail, untilAt, () => o.outbox.sent(mail.id, o.now()))
    }
    const nowAt = o.now()
    const nextAt = nextAttemptAt(failure.kind, { createdAt: mail.createdAt, nowAt, failures, random: Math.random() })
    o.metrics.count('mail_sent', { outcome: nextAt === null ? 'given_up' : 'deferred' })
    o.log[nextAt === null ? 'warn' : 'info']('a mail was not sent', {
      mail: mail.id,
      kind: mail.kind,
      attempts: mail.attempts,
      reason: failure.message,
      next: nextAt === null ? 'given up' : new Date(nextAt).toISOString(),
    })
    return report(mail, untilAt, () => o.outbox.failed(mail.id, { error: failure.message, nowAt, nextAt }))
  }

  const fill = async (): Promise<void> => {
    do {
      isAskedAgain = false
      const free = (problem === null ? AT_ONCE : 1) - active.size
      if (stopped || free < 1) return
      const nowAt = o.now()
      const untilAt = nowAt + claimMs
      for (const mail of await o.outbox.claim({ nowAt, untilAt, limit: free })) {
        const sending: Promise<void> = deliver(mail, untilAt).finally(() => {
          active.delete(sending)
          if (problem === null) look()
        })
        active.add(sending)
      }
    } while (isAskedAgain)
  }

  const look = (): void => {
    if (filling !== null) {
      isAskedAgain = true
      return
    }
    filling = fill()
      .catch((error: unknown) => o.log.debug('waiting mail could not be read', { error: String(error) }))
      .finally(() => {
        filling = null
        schedule()
      })
  }

  const schedule = (): void => {
    clearTimeout(timer)
    if (stopped) return
    const pause =
      problem === null ? (o.pollMs ?? POLL_MS) * (0.75 + Math.random() / 2) : serverPauseMs(failures, Math.random())
    timer = setTimeout(look, pause)
    timer.unref()
  }

  schedule()
  return {
    isConfigured: true,
    wake: () => {
      if (problem === null) look()
    },
    problem: () => problem,
    close: async () => {
      stopped = true
      clearTimeout(timer)
      await filling
      const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref())
      await Promise.race([Promise.all(active), late])
    },
  }
}
