import type { ErrorCode, Role, SiteSettings } from '@repartee/sdk/protocol'

/** Everything phases may know about a comment, gathered beforehand so that they need no I/O. */
export type ModerationContext = {
  readonly body: string
  /** `body`, rendered. */
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

export type RefuseResult = { readonly kind: 'refuse'; readonly code: ErrorCode; readonly retryAfterMs?: number }

/** `reason` is for moderators and may quote the comment, so it must not reach metrics or logs. */
export type StoreResult = {
  readonly kind: 'store'
  readonly status: 'approved' | 'pending' | 'spam'
  readonly reason: string
}

/** What a phase decides. */
export type PhaseResult = RefuseResult | StoreResult

/** One moderation rule. Pure: it only reads the context. `null` leaves the decision to the next phase. */
export type Phase = {
  readonly name: string
  readonly evaluate: (context: ModerationContext) => PhaseResult | null
}

/** The outcome, with the name of the phase that decided: one of a few constants, fit for a metric's label. */
export type Verdict = PhaseResult & { readonly phase: string }

/** The first phase with a result decides. Without one, the comment is approved. */
export const decide = (phases: readonly Phase[], context: ModerationContext): Verdict => {
  for (const phase of phases) {
    const result = phase.evaluate(context)
    if (result) return { ...result, phase: phase.name }
  }
  return { kind: 'store', status: 'approved', reason: 'no objection', phase: 'none' }
}

const staff: ReadonlySet<Role> = new Set<Role>(['moderator', 'admin', 'owner'])

/** A phase that does not apply to the site's moderators. */
export const exceptStaff = (phase: Phase): Phase => ({
  name: phase.name,
  evaluate: (context) => (staff.has(context.actorRole) ? null : phase.evaluate(context)),
})
