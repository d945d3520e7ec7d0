import type { Language } from '@repartee/sdk/protocol/admin'
import type { DueMail } from '../ports/mail-outbox.ts'
import type { OutgoingMessage } from '../ports/mail-transport.ts'
import { drawHtml, drawText } from './draw-letter.ts'
import type { Letter, MailTexts, ValueWriter } from './letter.ts'
import type { MailContent } from './mail-content.ts'
import { type MailMessage, reasonOf } from './mail-kinds.ts'
import { quoteValue } from './quote-value.ts'
import { enMail } from './texts/en-mail.ts'
import { viMail } from './texts/vi-mail.ts'

const texts: Readonly<Record<Language, MailTexts>> = { en: enMail, vi: viMail }

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const writerOf = (language: Language, at: number, dashboard: string): ValueWriter => {
  const unit = (value: number, name: 'day' | 'hour' | 'minute'): string =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'long' }).format(value)
  return {
    at,
    dashboard,
    quote: quoteValue,
    time: (at) => {
      const date = new Intl.DateTimeFormat(language, { timeZone: 'UTC', dateStyle: 'long' }).format(at)
      return `${date}, ${new Date(at).toISOString().slice(11, 16)} UTC`
    },
    until: (endsAt) => {
      const ms = endsAt - at
      if (ms >= 2 * DAY_MS) return unit(Math.round(ms / DAY_MS), 'day')
      if (ms >= HOUR_MS && (ms >= 6 * HOUR_MS || ms % HOUR_MS === 0)) return unit(Math.round(ms / HOUR_MS), 'hour')
      return unit(Math.max(1, Math.round(ms / MINUTE_MS)), 'minute')
    },
  }
}

/** The table pairs each kind with its texts, but TypeScript cannot express that for a union of kinds. */
const letterOf = ({ letters }: MailTexts, message: MailMessage, write: ValueWriter): Letter =>
  (letters[message.kind] as (message: MailMessage, write: ValueWriter) => Letter)(message, write)

/** Who sends mail, and for which service. */
export type Sender = {
  readonly from: { readonly name: string; readonly address: string }
  /** The origin at which people reach the service, shown at the end of each mail. */
  readonly service: string
  /** The dashboard's first page. */
  readonly dashboard: string
}

/**
 * The message of a mail. The same mail gives the same message on every attempt, with the same `Message-ID` (RFC 5322
 * §3.6.4), so that a receiver can tell a duplicate.
 */
export const buildMessage = (
  mail: Pick<DueMail, 'id' | 'createdAt'>,
  { to, language, message }: MailContent,
  { from, service, dashboard }: Sender,
): OutgoingMessage => {
  const inLanguage = texts[language]
  const letter = letterOf(inLanguage, message, writerOf(language, mail.createdAt, dashboard))
  const reason = reasonOf(message.kind)
  const notice = 'unsubscribe' in message ? message : null
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
  const frame = {
    language,
    linkHint: inLanguage.linkHint,
    footer: inLanguage.footers[reason](service),
    settings: notice === null ? null : { text: inLanguage.settings, link: notice.settings },
  }
  return {
    from,
    to,
    subject: letter.subject,
    text: drawText(letter, frame),
    html: drawHtml(letter, frame),
    messageId: `<${mail.id}@${domain}>`,
    date: new Date(mail.createdAt),
    headers: {
      // RFC 3834 §5: no automatic answers to this.
      'Auto-Submitted': 'auto-generated',
      // RFC 2919: what filters go by.
      'List-Id': `<${reason === 'notice' ? 'notices' : 'account'}.repartee.${domain}>`,
      'Content-Language': language,
      // RFC 8058: a program may unsubscribe with one POST.
      ...(notice !== null && {
        'List-Unsubscribe': `<${notice.unsubscribe}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
  }
}
