import { setTimeout as pause } from 'node:timers/promises'
import { ReparteeError } from '@repartee/sdk/protocol'
import type { Clock } from '../../../core/ports/clock.ts'
import type { QueryOptions, Sql } from '../sql.ts'
import { classifyFailure, type Failure } from './classify-failure.ts'
import { pickHost } from './pick-host.ts'
import type { RetryBudget } from './retry-budget.ts'
import { NotConnectedError, StaleHeadError } from './statement-errors.ts'
import type { StatementHost } from './statement-host.ts'

const MAX_TRIES = 8
/** The deadline of a command. */
const DEADLINE_MS = 5_000
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 1_000
/** While every breaker is open, a statement waits this long for a probe, at most three times. */
const MAX_PROBE_WAIT_MS = 300
const MAX_PROBE_WAITS = 3

const unavailable = (why: string, retryAfterMs: number, cause?: unknown): ReparteeError =>
  new ReparteeError('unavailable', why, { cause, retryAfterMs })

/** In our dialect, a statement that starts with `select` does not write. */
const isRead = (text: string): boolean => /^\s*select\b/i.test(text)

const mayRetry = ({ statement }: Failure, o: { repeatable: boolean; otherHosts: boolean }): boolean =>
  statement === 'retry' ||
  (statement === 'uncertain' && o.repeatable) ||
  (statement === 'retryOtherHost' && o.otherHosts)

/** Full jitter. */
const backOff = (tries: number): Promise<void> =>
  pause(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries))

type Options = {
  readonly hosts: readonly StatementHost[]
  readonly budget: RetryBudget
  readonly onRetry: (cause: string) => void
  readonly now: Clock
}

/**
 * Send each statement to one of the hosts, and retry while that is safe and within the budget: at most 8 attempts in
 * 5 s, with full jitter, on another host if the host was the problem. Rejects with `unavailable` when the database is
 * at fault, and with the database's own error when the statement is.
 */
export const createRetryingSql = (o: Options): Sql => ({
  async query<Row>(text: string, params: readonly unknown[], options: QueryOptions = {}) {
    const { noTimeout = false, onRepeat, isStale } = options
    const statement = { text, params }
    const repeatable = options.repeatable === true || isRead(text)
    const startedAt = o.now()
    let avoid: StatementHost | null = null
    o.budget.sent()
    for (let tries = 1; ; tries += 1) {
      const host: StatementHost | null = pickHost(o.hosts, avoid)
      if (host === null) {
        const waitMs = Math.min(...o.hosts.map((each) => each.retryAfterMs))
        if (waitMs > MAX_PROBE_WAIT_MS || tries > MAX_PROBE_WAITS)
          throw unavailable('no database host is available', waitMs)
        await pause(waitMs + FIRST_PAUSE_MS)
        continue
      }
      try {
        const rows = await (noTimeout ? host.runWithoutTimeout<Row>(statement) : host.run<Row>(statement))
        if (isStale?.(rows) === true) throw new StaleHeadError()
        host.report(null)
        return rows
      } catch (error) {
        if (error instanceof ReparteeError) throw error
        const failure = classifyFailure(error)
        host.report(failure)
        if (failure.statement === 'bug') throw error
        const otherHosts = o.hosts.some((each) => each !== host && !each.isOpen)
        const late = tries >= MAX_TRIES || (!noTimeout && o.now() - startedAt >= DEADLINE_MS)
        // A stale head is no sign of overload: the database answered, and another writer made progress.
        const affordable = (): boolean => error instanceof StaleHeadError || o.budget.take()
        if (late || !mayRetry(failure, { repeatable, otherHosts }) || !affordable())
          throw unavailable(`the database is unavailable: ${failure.cause}`, 1_000, error)
        o.onRetry(failure.cause)
        if (failure.statement === 'uncertain') onRepeat?.()
        avoid = failure.host !== 'healthy' || error instanceof NotConnectedError ? host : null
      }
      await backOff(tries)
    }
  },
})
