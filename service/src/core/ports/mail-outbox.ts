/** A mail as it is stored, in the same statement as the change that causes it. */
export type NewMail = {
  /** Also names the message for its receiver, so that a duplicate can be told. */
  readonly id: string
  readonly kind: string
  /** The whole message, sealed: address, language, values of its template. */
  readonly sealed: string
  readonly createdAt: number
}

/** A mail whose turn has come. */
export type DueMail = NewMail & { readonly attempts: number }

/** A mail that was not sent after the last attempt. */
export type FailedMail = DueMail & { readonly lastError: string; readonly givenUpAt: number }

/**
 * Mail that waits to be sent, at least once. A mail is claimed for a while; if its node ends before it reports, another
 * node sends it again.
 */
export type MailOutbox = {
  add(mail: NewMail): Promise<void>
  /** Claim up to `limit` due mails until `untilAt`. No two callers get the same one before that. */
  claim(o: { nowAt: number; untilAt: number; limit: number }): Promise<DueMail[]>
  sent(id: string, at: number): Promise<void>
  /** Try again at `nextAt`, or never when it is `null`. `error` holds no address. */
  failed(id: string, o: { error: string; nowAt: number; nextAt: number | null }): Promise<void>
  listFailed(o: { after: string | null; limit: number }): Promise<FailedMail[]>
  /** Try a given-up mail once more from the beginning. `false` when there is none. */
  retry(id: string, nowAt: number): Promise<boolean>
  /** How many wait, and since when the oldest does. */
  backlog(): Promise<{ waiting: number; oldestAt: number | null }>
}
