import type { MailKind, MailMessage, reasonOf } from './mail-kinds.ts'

/** One part of a mail. The texts are plain: nothing in them is markup. */
export type Block =
  | { readonly text: string }
  /** Smaller: what to do when the mail was not expected. */
  | { readonly note: string }
  | { readonly facts: readonly (readonly [label: string, value: string])[] }
  /** At most one in a mail. */
  | { readonly button: string; readonly link: string }

/** A mail before it is drawn as text and as HTML. Values that someone chose are quoted already. */
export type Letter = { readonly subject: string; readonly blocks: readonly Block[] }

/** How a language writes values. */
export type ValueWriter = {
  /** `quoteValue`. */
  quote(text: string): string
  /** A date and time in UTC. */
  time(at: number): string
  /** How long a link works that expires then. */
  until(at: number): string
  /** When what the mail tells happened. */
  readonly at: number
  /** The dashboard's first page. */
  readonly dashboard: string
}

/** Why someone gets a mail: their account has the address, someone entered it, or they asked for notices. */
export type Reason = ReturnType<typeof reasonOf>

/** All texts of mail in one language. */
export type MailTexts = {
  readonly letters: {
    readonly [K in MailKind]: (message: Extract<MailMessage, { kind: K }>, write: ValueWriter) => Letter
  }
  /** Shown below the button. */
  readonly linkHint: string
  /** The last line: which service sent this, and why to this address. */
  readonly footers: Readonly<Record<Reason, (service: string) => string>>
  /** Leads to where such mail is turned off. */
  readonly settings: string
}
