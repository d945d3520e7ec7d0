import * as v from 'valibot'
import { parseUrl } from '../parse-url.ts'

const time = v.pipe(v.number(), v.integer(), v.minValue(0))
/** A link of ours. It may hold a secret in its fragment. */
const link = v.pipe(
  v.string(),
  v.check((value) => /^https?:\/\/[^\s<>"]+$/.test(value) && parseUrl(value) !== null, 'expected a link'),
)
/** Chosen by someone, so it is quoted wherever it is shown. */
const chosen = v.string()

const message = <const Kind extends string, const Entries extends v.ObjectEntries>(kind: Kind, entries: Entries) =>
  v.object({ kind: v.literal(kind), ...entries })

/** What a mail says, by kind; its texts are chosen by kind and language when it is sent. */
export const mailMessageSchema = v.variant('kind', [
  /** An account's address is to be confirmed. */
  message('verify_email', { link, expiresAt: time }),
  /** Someone wants an account for this address. */
  message('sign_up', { link, expiresAt: time }),
  /** As `sign_up`, for an address that has an account. */
  message('sign_up_known_address', { link }),
  message('reset_password', { link, expiresAt: time }),
  message('password_changed', {}),
  /** To the new address: confirm it. */
  message('email_change_new', { link, expiresAt: time }),
  /** To the present address: agree to the new one. */
  message('email_change_old', { link, expiresAt: time, newEmail: chosen }),
  /** To the former address. */
  message('email_changed', { newEmail: chosen }),
  /** `from` is who invites; it may be empty. */
  message('invitation', { link, expiresAt: time, from: chosen }),
  message('new_device_sign_in', { device: chosen }),
  message('second_factor_changed', {
    change: v.picklist(['totp_added', 'totp_removed', 'passkey_added', 'passkey_removed', 'recovery_codes_made']),
  }),
  /**
   * `problem` is the kind of a finding; `since` when it was first seen. A POST to `unsubscribe` ends these notices; people
   * end them at `settings`.
   */
  message('installation_problem', {
    site: chosen,
    page: chosen,
    problem: v.string(),
    since: time,
    link,
    unsubscribe: link,
    settings: link,
  }),
  message('test', {}),
])

export type MailMessage = v.InferOutput<typeof mailMessageSchema>
export type MailKind = MailMessage['kind']

/** Mail to addresses that may belong to no account. */
const requestKinds: ReadonlySet<MailKind> = new Set(['sign_up', 'email_change_new', 'invitation', 'test'])
/** Mail that people can turn off. All other mail is needed. */
const noticeKinds: ReadonlySet<MailKind> = new Set(['installation_problem'])

/** Why someone gets a mail. */
export const reasonOf = (kind: MailKind): 'account' | 'request' | 'notice' =>
  noticeKinds.has(kind) ? 'notice' : requestKinds.has(kind) ? 'request' : 'account'
