import { ReparteeError } from '@repartee/sdk/protocol'
import type { Actor, AuthenticatedActor } from './actor.ts'
import type { Deps } from './deps.ts'
import type { RateRule } from './ports/rate-limiter.ts'

const MINUTE_MS = 60_000

/** Readers expected on one network: a family, an office, a mobile carrier's gateway. */
const READERS_PER_NETWORK = 10

/** Reactions or previews per comment. */
const ACTIONS_PER_COMMENT = 6

const rule = (actor: Actor, what: string, who: string, limit: number): RateRule => ({
  key: `${what}:${actor.site.id}:${who}`,
  scope: actor.site.id,
  limit,
  windowMs: MINUTE_MS,
})

/** A rule for the network, which all identities of a person share, and one for the reader, if any. */
const rules = (actor: Actor, what: string, perMinute: number): RateRule[] => [
  rule(actor, what, `n:${actor.network}`, perMinute * READERS_PER_NETWORK),
  ...(actor.reader === null ? [] : [rule(actor, what, `r:${actor.reader.id}`, perMinute)]),
]

/** How fast a reader may write: the site's setting, and a multiple of it for the network. */
export const writingRules = (actor: AuthenticatedActor, what: 'comments' | 'edits'): RateRule[] =>
  rules(actor, what, actor.site.settings.commentsPerMinute)

/** How fast a reader may react. */
export const reactionRules = (actor: AuthenticatedActor): RateRule[] =>
  rules(actor, 'reactions', actor.site.settings.commentsPerMinute * ACTIONS_PER_COMMENT)

/** How fast previews may be requested, which needs no identity. */
export const previewRules = (actor: Actor): RateRule[] =>
  rules(actor, 'previews', actor.site.settings.commentsPerMinute * ACTIONS_PER_COMMENT)

/** How fast one network may create guests; a person needs one. */
export const guestRules = (actor: Actor): RateRule[] => [
  rule(actor, 'guests', `n:${actor.network}`, Math.max(20, actor.site.settings.commentsPerMinute)),
]

/** How fast one network may refresh tokens; every open page does so every ten minutes. */
export const refreshRules = (actor: Actor): RateRule[] => [rule(actor, 'refreshes', `n:${actor.network}`, 600)]

/** How fast one network may create threads: far more than people visit, far less than a crawler. */
export const threadRules = (actor: Actor): RateRule[] => [rule(actor, 'threads', `n:${actor.network}`, 60)]

/** How fast one network may report vitals; each visit does so once, and a lost report does no harm. */
export const vitalsRules = (actor: Actor): RateRule[] => [rule(actor, 'vitals', `n:${actor.network}`, 120)]

/** Charge a request to its rate limits, or throw `rate_limited` with the time to wait. */
export const enforceRateLimit = async (
  deps: Pick<Deps, 'limiter' | 'metrics'>,
  name: string,
  rateRules: readonly RateRule[],
): Promise<void> => {
  const { allowed, retryAfterMs } = await deps.limiter.take(rateRules)
  if (allowed) return
  deps.metrics.count('rate_limited', { rule: name })
  throw new ReparteeError('rate_limited', `too many ${name}`, { retryAfterMs })
}
