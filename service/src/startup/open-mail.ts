import { createSmtpTransport } from '../adapters/smtp/smtp-transport.ts'
import { parseSmtpUrl } from '../adapters/smtp/smtp-url.ts'
import type { Sender } from '../core/mail/build-message.ts'
import { type MailDelivery, type Mailer, noMailer, startMailDelivery } from '../core/mail/mail-delivery.ts'
import { parseMailSender } from '../core/mail/mail-sender.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { SecretBox } from '../core/ports/secret-box.ts'
import type { Store } from '../core/ports/store.ts'
import type { Config } from './config.ts'

type MailConfig = Pick<Config, 'SMTP_URL' | 'MAIL_FROM'>

/** Send the mail of this database from now on, where a mail server is configured. */
export const openMail = (
  config: MailConfig,
  o: {
    store: Pick<Store, 'mail'>
    secrets: SecretBox
    sender: () => Omit<Sender, 'from'>
    now: Clock
    log: Logger
    metrics: Metrics
  },
): MailDelivery => {
  if (config.SMTP_URL === '') return { ...noMailer, close: async () => undefined }
  const from = parseMailSender(config.MAIL_FROM)
  return startMailDelivery({
    outbox: o.store.mail,
    secrets: o.secrets,
    transport: createSmtpTransport({ server: parseSmtpUrl(config.SMTP_URL) }),
    sender: () => ({ from, ...o.sender() }),
    now: o.now,
    log: o.log,
    metrics: o.metrics,
  })
}

/** For one operation: its mail is stored, and sent by the nodes that serve. */
export const storeMailOnly = (config: MailConfig): Mailer => ({ ...noMailer, isConfigured: config.SMTP_URL !== '' })
