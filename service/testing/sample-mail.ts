import type { Language } from '@repartee/sdk/protocol/admin'
import type { MailContent } from '../src/core/mail/mail-content.ts'
import type { MailKind, MailMessage } from '../src/core/mail/mail-kinds.ts'
import { AT } from './store-scene.ts'

/** Secret as in the links of accounts: only the fragment holds it. */
export const SAMPLE_LINK = 'https://comments.example/dashboard/reset#Zm9vYmFyYmF6cXV4LXRva2VuLW9mLTQzLWNoYXJhY3RlcnM'
export const SAMPLE_UNSUBSCRIBE = 'https://comments.example/api/v1/notices/unsubscribe?token=abc'
export const SAMPLE_SETTINGS = 'https://comments.example/dashboard/sites/blog/settings'

const DAY_MS = 24 * 60 * 60_000

const link = SAMPLE_LINK
const expiring = { link, expiresAt: AT + DAY_MS }

/** A message of every kind, with the given text wherever a person chose one. */
const messages = (chosen: string): { readonly [K in MailKind]: Omit<Extract<MailMessage, { kind: K }>, 'kind'> } => ({
  verify_email: expiring,
  sign_up: expiring,
  sign_up_known_address: { link },
  reset_password: expiring,
  password_changed: {},
  email_change_new: expiring,
  email_change_old: { ...expiring, newEmail: chosen },
  email_changed: { newEmail: chosen },
  invitation: { ...expiring, from: chosen },
  new_device_sign_in: { device: chosen },
  second_factor_changed: { change: 'totp_removed' },
  installation_problem: {
    site: chosen,
    page: chosen,
    problem: 'csp_blocks',
    since: AT,
    link,
    unsubscribe: SAMPLE_UNSUBSCRIBE,
    settings: SAMPLE_SETTINGS,
  },
  test: {},
})

export const mailKinds = Object.keys(messages('')) as MailKind[]

/** Kinds that show a text that someone chose. */
export const kindsWithChosenText: readonly MailKind[] = [
  'email_change_old',
  'email_changed',
  'invitation',
  'new_device_sign_in',
  'installation_problem',
]

/** Mail of a kind, to an address. */
export const sampleMail = (
  kind: MailKind,
  o: { chosen?: string; language?: Language; to?: string } = {},
): MailContent => ({
  to: o.to ?? 'ann@example.org',
  language: o.language ?? 'en',
  message: { kind, ...messages(o.chosen ?? 'Ann')[kind] } as MailMessage,
})
