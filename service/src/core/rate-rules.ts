import { ReparteeError } from '@repartee/sdk/protocol'
import type { Actor, KnownActor } from './actor.ts'
import type { Deps } from './deps.ts'
import type { RateRule } from './ports/rate-limiter.ts'

const MINUTE_MS = 60_000

/** Readers one network may hold: a family, an office, a mobile carrier's gateway. */
const READERS_PER_NETWORK = 10

/** Other things a reader does for each comment: reactions, previews. */
const ACTS_PER_COMMENT = 6

const rule = (actor: Actor, what: string, who: string, limit: number): RateRule => ({
  key: `${what}:${actor.site.id}:${who}`,
  scope: actor.site.id,
  limit,
  windowMs: MINUTE_MS,
})

/** Rules for the network, which all identities of a person share, and for the reader if there is one. */
const rules = (actor: Actor, what: string, perMinute: number): RateRule[] => [
  rule(actor, what, `n:${actor.network}`, perMinute * READERS_PER_NETWORK),
  ...(actor.reader === null ? [] : [rule(actor, what, `r:${actor.reader.id}`, perMinute)]),
]

/** How fast a reader may write: what the site's owner set, and that for each of some readers of one network. */
export const writingRules = (actor: KnownActor, what: 'comments' | 'edits'): RateRule[] =>
  rules(actor, what, actor.site.settings.commentsPerMinute)

/** How fast a reader may react. */
export const reactionRules = (actor: KnownActor): RateRule[] =>
  rules(actor, 'reactions', actor.site.settings.commentsPerMinute * ACTS_PER_COMMENT)

/** How fast previews may be asked for, which needs no identity. */
export const previewRules = (actor: Actor): RateRule[] =>
  rules(actor, 'previews', actor.site.settings.commentsPerMinute * ACTS_PER_COMMENT)

/** How fast one network may become guests; a person needs to once. */
export const guestRules = (actor: Actor): RateRule[] => [
  rule(actor, 'guests', `n:${actor.network}`, Math.max(20, actor.site.settings.commentsPerMinute)),
]

/** How fast one network may renew tokens: every open page does so each ten minutes. */
export const refreshRules = (actor: Actor): RateRule[] => [rule(actor, 'refreshes', `n:${actor.network}`, 600)]

/** How fast one network may bring threads into being: far above what people read, far below what a crawler does. */
export const threadRules = (actor: Actor): RateRule[] => [rule(actor, 'threads', `n:${actor.network}`, 60)]

/** How fast one network may report vitals, which each visit does once and nobody misses: an office, a gateway. */
export const vitalsRules = (actor: Actor): RateRule[] => [rule(actor, 'vitals', `n:${actor.network}`, 120)]

/** Take from a budget, or refuse and say when to come back. */
export const takeRate = async (
  deps: Pick<Deps, 'limiter' | 'metrics'>,
  name: string,
  budget: readonly RateRule[],
): Promise<void> => {
  const { allowed, retryAfterMs } = await deps.limiter.take(budget)
  if (allowed) return
  deps.metrics.count('rate_limited', { rule: name })
  throw new ReparteeError('rate_limited', `too many: ${name}`, { retryAfterMs })
}
