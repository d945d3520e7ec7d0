import type { ErrorCode, Role, SiteSettings } from '@repartee/sdk/protocol'

/** Everything phases may know of a comment; gathered beforehand, so that deciding needs no I/O. */
export type ModerationContext = {
  readonly body: string
  /** What `body` renders to. */
  readonly html: string
  readonly settings: SiteSettings
  readonly author: { readonly id: string; readonly kind: 'guest' | 'member'; readonly approvedCount: number }
  readonly actorRole: Role
  readonly parentId: string | null
  readonly rate: { readonly allowed: boolean; readonly retryAfterMs: number }
  /** A recent comment of the same author on this site with the same text. */
  readonly duplicateOf: string | null
  /** Whether an existing comment is being changed. */
  readonly edit: boolean
}

export type Refusal = { readonly kind: 'refuse'; readonly code: ErrorCode; readonly retryAfterMs?: number }

/** `reason` is for moderators and may quote the comment; it is not for metrics or logs. */
export type Storing = {
  readonly kind: 'store'
  readonly status: 'approved' | 'pending' | 'spam'
  readonly reason: string
}

/** What one phase answers when it has an opinion. */
export type PhaseResult = Refusal | Storing

/** A rule about one thing. Pure: it reads the context, writes nothing, and answers `null` to let the next one speak. */
export type Phase = {
  readonly name: string
  readonly judge: (context: ModerationContext) => PhaseResult | null
}

/** The outcome, with the phase it came from: one of a few constant names, fit for a metric's label. */
export type Verdict = PhaseResult & { readonly phase: string }

/** The first phase with an opinion decides; without any, the comment is approved. */
export const decide = (phases: readonly Phase[], context: ModerationContext): Verdict => {
  for (const phase of phases) {
    const result = phase.judge(context)
    if (result) return { ...result, phase: phase.name }
  }
  return { kind: 'store', status: 'approved', reason: 'no objection', phase: 'none' }
}

const trusted: ReadonlySet<Role> = new Set<Role>(['moderator', 'admin', 'owner'])

/** A phase that does not apply to those who moderate the site themselves. */
export const exceptStaff = (phase: Phase): Phase => ({
  name: phase.name,
  judge: (context) => (trusted.has(context.actorRole) ? null : phase.judge(context)),
})
