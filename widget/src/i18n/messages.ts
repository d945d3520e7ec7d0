import type { ErrorCode, Role, Sort } from '@repartee/sdk/protocol'

/** Forms of one text by `Intl.PluralRules` category; `{n}` stands for the number. */
export type Plural = { readonly [category in Intl.LDMLPluralRule]?: string } & { readonly other: string }

/** Everything a thread says to somebody who reads it, in one language. */
export type Messages = {
  readonly title: string
  readonly comments: Plural
  readonly reading: Plural
  readonly typingOne: string
  readonly typingTwo: string
  readonly typingMany: string
  readonly sort: string
  readonly sorts: Readonly<Record<Sort, string>>
  readonly newComments: Plural
  readonly loading: string
  readonly loadMore: string
  readonly moreReplies: Plural
  readonly linked: string
  readonly replyingTo: string
  readonly reply: string
  readonly react: string
  readonly more: string
  readonly edited: string
  readonly deletedComment: string
  readonly pinned: string
  readonly you: string
  /** Only roles worth a word beside a name. */
  readonly roles: Readonly<Partial<Record<Role, string>>>
  /** Kinds without a text here are shown by their own name. */
  readonly reactions: Readonly<Record<string, string>>
  readonly write: string
  readonly pending: string
  readonly retry: string
  readonly closed: string
  readonly membersOnly: string
  readonly empty: string
  readonly emptyHint: string
  /** Here, because what else there is to say cannot be fetched then. */
  readonly unavailable: string
  readonly loadFailed: string
  readonly offline: string
  readonly polling: string
  /** What is shown is what the service knew last. */
  readonly stale: string
}

/** What is said to somebody who does something: the forms and menus, and why something failed. Loaded with them. */
export type WritingMessages = {
  readonly comment: string
  readonly replyTo: string
  readonly placeholder: string
  readonly postingAs: string
  readonly change: string
  readonly forget: string
  readonly toolbar: string
  readonly bold: string
  readonly italic: string
  readonly link: string
  readonly quote: string
  readonly code: string
  readonly linkText: string
  readonly preview: string
  readonly previewEmpty: string
  readonly previewLoading: string
  readonly help: string
  /** Markdown beside what it makes, one example a line. */
  readonly helpRows: readonly (readonly [source: string, meaning: string])[]
  readonly send: string
  readonly sendReply: string
  readonly save: string
  readonly cancel: string
  readonly remaining: Plural
  readonly tooLong: Plural
  readonly copyLink: string
  readonly edit: string
  readonly remove: string
  readonly yourName: string
  readonly ok: string
  readonly copied: string
  readonly posted: string
  readonly submitted: string
  readonly saved: string
  readonly sending: string
  /** Of a comment that goes out as soon as that is possible. */
  readonly kept: string
  readonly discard: string
  readonly removed: string
  readonly restored: string
  readonly undo: string
  /** Why something was refused or failed. */
  readonly errors: Readonly<Record<ErrorCode, string>>
}
