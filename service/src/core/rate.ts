import { RepError } from '@repartee/sdk/protocol'
import type { KnownActor } from './actor.ts'
import type { Deps } from './deps.ts'
import type { RateRule } from './ports.ts'

const MINUTE_MS = 60_000

/** Readers one network may hold: a family, an office, a mobile carrier's gateway. */
const READERS_PER_NETWORK = 10

/** Other things a reader does for each comment: reactions, previews. */
const ACTS_PER_COMMENT = 6

/** Rules for one reader and for the network all his identities come from. */
const rules = (actor: KnownActor, what: string, perMinute: number): RateRule[] => [
  { key: `${what}:${actor.site.id}:r:${actor.reader.id}`, limit: perMinute, windowMs: MINUTE_MS },
  {
    key: `${what}:${actor.site.id}:n:${actor.network}`,
    limit: perMinute * READERS_PER_NETWORK,
    windowMs: MINUTE_MS,
  },
]

/** How fast a reader may write: what the site's owner set, and that for each of some readers of one network. */
export const writingRules = (actor: KnownActor, what: 'comments' | 'edits'): RateRule[] =>
  rules(actor, what, actor.site.settings.commentsPerMinute)

/** How fast a reader may react. */
export const reactionRules = (actor: KnownActor): RateRule[] =>
  rules(actor, 'reactions', actor.site.settings.commentsPerMinute * ACTS_PER_COMMENT)

/** Take from a budget, or refuse and say when to come back. */
export const takeRate = async (
  deps: Pick<Deps, 'limiter' | 'metrics'>,
  name: string,
  budget: readonly RateRule[],
): Promise<void> => {
  const { allowed, retryAfterMs } = await deps.limiter.take(budget)
  if (allowed) return
  deps.metrics.count('rate_limited', { rule: name })
  throw new RepError('rate_limited', `too many: ${name}`, { retryAfterMs })
}
