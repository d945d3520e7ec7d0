import type { Vitals } from '@repartee/sdk/protocol'
import type { Actor } from './actor.ts'
import type { Deps } from './deps.ts'
import { enforceRateLimit, vitalsRules } from './rate-rules.ts'

/** Add what a browser measured during one visit to histograms, which identify no reader. */
export const reportVitals = async (
  deps: Pick<Deps, 'limiter' | 'metrics' | 'beacons'>,
  actor: Actor,
  vitals: Vitals,
): Promise<void> => {
  await enforceRateLimit(deps, 'vitals', vitalsRules(actor))
  deps.beacons.seen(actor.site.id, actor.origin ?? null, '')
  const { lcpMs, inpMs, cls, threadMs, postMs = [] } = vitals
  if (lcpMs !== undefined) deps.metrics.observe('widget_lcp_ms', lcpMs)
  if (inpMs !== undefined) deps.metrics.observe('widget_inp_ms', inpMs)
  if (cls !== undefined) deps.metrics.observe('widget_cls', cls)
  if (threadMs !== undefined) deps.metrics.observe('widget_thread_ms', threadMs)
  for (const ms of postMs) deps.metrics.observe('widget_post_ms', ms)
}
