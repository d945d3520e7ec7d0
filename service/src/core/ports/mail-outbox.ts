/** A mail as it is stored, in the same statement as the change that causes it. */
export type NewMail = {
  /** Also names the message for its receiver, so that a duplicate can be told. */
  readonly id: string
  readonly kind: string
  /** The whole message, sealed: address, language, values of its template. */
  readonly sealed: string
  readonly createdAt: number
}

/** A mail whose turn has come, with the attempts so far, this one included. */
export type DueMail = NewMail & { readonly attempts: number }

/** A mail that is not tried any more. */
export type FailedMail = DueMail & { readonly lastError: string; readonly givenUpAt: number }

/** `lastError` is why the last attempt failed; `null` before the first and once it was sent. */
export type MailState = { readonly state: 'waiting' | 'sent' | 'given_up'; readonly lastError: string | null }

/** Each counted up to 10,000. */
export type MailBacklog = {
  readonly waiting: number
  /** When the one that waits longest was stored; `null` when none waits. */
  readonly oldestAt: number | null
  readonly givenUp: number
}

/**
 * Mail that waits to be sent, at least once. A mail is claimed for a while; if its node ends before it reports, another
 * node sends it again. What was sent and what was given up is deleted after a while.
 */
export type MailOutbox = {
  /** Store mail that no change causes. Storing the same again does nothing. */
  add(mail: NewMail): Promise<void>
  /** Claim up to `limit` due mails until `untilAt`, the longest due first. No two callers get the same one before that. */
  claim(o: { nowAt: number; untilAt: number; limit: number }): Promise<DueMail[]>
  /** Keep the fact and forget the content. */
  sent(id: string, at: number): Promise<void>
  /** Try again at `nextAt`, or never when it is `null`. `error` holds no address. Does nothing once it was sent. */
  failed(id: string, o: { error: string; nowAt: number; nextAt: number | null }): Promise<void>
  /** What became of a mail; `null` when it was never stored or is long gone. */
  find(id: string): Promise<MailState | null>
  /** Given-up mail, the newest first; keyset by id. */
  listFailed(o: { before: string | null; limit: number }): Promise<FailedMail[]>
  /** Try a given-up mail once more from the beginning. `false` when there is none. */
  retry(id: string, nowAt: number): Promise<boolean>
  backlog(): Promise<MailBacklog>
}
