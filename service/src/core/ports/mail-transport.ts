/** A complete message. Every text is plain; the transport encodes it. */
export type OutgoingMessage = {
  readonly from: { readonly name: string; readonly address: string }
  /** One address, without a name. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Further headers, ASCII only. */
  readonly headers: Readonly<Record<string, string>>
  /** With angle brackets. */
  readonly messageId: string
  readonly date: Date
}

/**
 * Why a message was not accepted.
 * `message`: the server refuses this message for good. `later`: it may take it later. `server`: no message can be sent
 * now, because the server is away, refuses the sign-in or misbehaves.
 */
export type MailFailureKind = 'message' | 'later' | 'server'

/** A failed attempt. The text holds no address. The message may have been accepted all the same. */
export class MailFailure extends Error {
  override readonly name = 'MailFailure'
  readonly kind: MailFailureKind

  constructor(kind: MailFailureKind, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.kind = kind
  }
}

/** Hands messages to a mail server. */
export type MailTransport = {
  /**
   * Resolves once the server has taken responsibility for the message; rejects with a `MailFailure` otherwise. Takes
   * `maxMs` at most, whatever the server does.
   */
  send(message: OutgoingMessage): Promise<void>
  readonly maxMs: number
}
