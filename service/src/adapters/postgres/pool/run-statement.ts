import { setTimeout as pause } from 'node:timers/promises'
import { ReparteeError } from '@repartee/sdk/protocol'
import type { Clock } from '../../../core/ports/clock.ts'
import type { Metrics } from '../../../core/ports/metrics.ts'
import type { QueryOptions, Sql } from '../sql.ts'
import type { Host } from './database-host.ts'
import { type Failure, judge, NotConnected } from './failure.ts'
import { pickHost } from './pick-host.ts'
import type { RetryBudget } from './retry-budget.ts'

const MAX_TRIES = 8
/** A command must be answered within this. */
const DEADLINE_MS = 5_000
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 1_000
/** A host that said goodbye may be back at once. */
const WORTH_WAITING_MS = 300
/** Kept prepared by each connection; the store has fewer. */
const MAX_NAMES = 300

const unavailable = (why: string, retryAfterMs: number, cause?: unknown): ReparteeError =>
  new ReparteeError('unavailable', why, { cause, retryAfterMs })

/** In our dialect nothing that starts so writes. */
const isRead = (text: string): boolean => /^\s*select\b/i.test(text)

const mayRepeat = ({ kind }: Failure, o: { isHarmless: boolean; otherHosts: boolean }): boolean =>
  kind === 'again' || (kind === 'uncertain' && o.isHarmless) || (kind === 'elsewhere' && o.otherHosts)

/**
 * Send each statement to one of the hosts, and again while that is safe, allowed by the budget and in time: at most 8
 * times in 5 s with full jitter, elsewhere when the host was the problem. Rejects with `unavailable` when the database
 * is the reason, with the database's own error when the statement is.
 */
export const createRunner = (o: { hosts: readonly Host[]; budget: RetryBudget; metrics: Metrics; now: Clock }): Sql => {
  const names = new Map<string, string>()
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text)
    if (known !== undefined || names.size >= MAX_NAMES) return known
    const name = `r${names.size}`
    names.set(text, name)
    return name
  }

  return {
    async query<Row>(text: string, params: readonly unknown[], options: QueryOptions = {}) {
      const { patient = false, repeatable = false, onRepeat } = options
      const statement = { text, params, name: patient ? undefined : nameOf(text) }
      const isHarmless = repeatable || isRead(text)
      const startedAt = o.now()
      let avoid: Host | null = null
      o.budget.sent()
      for (let tries = 1; ; tries += 1) {
        const host: Host | null = pickHost(o.hosts, avoid)
        if (host === null) {
          const waitMs = Math.min(...o.hosts.map((each) => each.retryAfterMs))
          if (waitMs > WORTH_WAITING_MS || tries > 3) throw unavailable('no database host answers', waitMs)
          await pause(waitMs + FIRST_PAUSE_MS)
          continue
        }
        try {
          const rows = await (patient ? host.runPatiently<Row>(statement) : host.run<Row>(statement))
          host.report(null)
          return rows
        } catch (error) {
          if (error instanceof ReparteeError) throw error
          const failure = judge(error)
          host.report(failure)
          if (failure.kind === 'bug') throw error
          const otherHosts = o.hosts.some((each) => each !== host && !each.isOpen)
          const late = tries >= MAX_TRIES || (!patient && o.now() - startedAt >= DEADLINE_MS)
          if (late || !mayRepeat(failure, { isHarmless, otherHosts }) || !o.budget.take())
            throw unavailable(`the database cannot take this now: ${failure.cause}`, 1_000, error)
          o.metrics.count('db_retries', { cause: failure.cause })
          if (failure.kind === 'uncertain') onRepeat?.()
          avoid = failure.host !== 'fine' || error instanceof NotConnected ? host : null
        }
        await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries))
      }
    },
  }
}
