import type { ErrorCode, Role, Sort } from '@repartee/sdk/protocol'

/** Forms of one text by `Intl.PluralRules` category; `{n}` stands for the number. */
export type Plural = { readonly [category in Intl.LDMLPluralRule]?: string } & { readonly other: string }

/** Every text that readers of a thread may see, in one language. */
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
  /** Only the roles that are shown beside a name. */
  readonly roles: Readonly<Partial<Record<Role, string>>>
  /** A kind without a text here is shown by its own name. */
  readonly reactions: Readonly<Record<string, string>>
  readonly write: string
  readonly pending: string
  readonly retry: string
  readonly closed: string
  readonly membersOnly: string
  readonly empty: string
  readonly emptyHint: string
  /** Here and not with the other errors, which cannot be loaded when the service is away. */
  readonly unavailable: string
  readonly loadFailed: string
  readonly offline: string
  readonly polling: string
  /** The service shows what it has saved. */
  readonly stale: string
}

/** The texts of forms and menus, and of errors. Loaded together with the forms. */
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
  /** Examples of Markdown, and what each makes. */
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
  readonly nameMissing: string
  readonly ok: string
  readonly copied: string
  readonly posted: string
  readonly submitted: string
  readonly saved: string
  readonly sending: string
  /** About a comment that will be sent when the service is back. */
  readonly kept: string
  readonly discard: string
  readonly removed: string
  readonly restored: string
  readonly undo: string
  /** Why something was refused, or failed. */
  readonly errors: Readonly<Record<ErrorCode, string>>
}
