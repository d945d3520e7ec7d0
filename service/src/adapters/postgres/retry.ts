import { setTimeout as pause } from 'node:timers/promises'
import { ReparteeError } from '@repartee/sdk/protocol'
import { classify } from './classify.ts'
import type { Sql } from './sql.ts'

const MAX_TRIES = 8
const DEADLINE_MS = 5_000
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 1_000

/**
 * Run one statement until it commits. Only failures that surely committed nothing are tried again, with full jitter,
 * at most 8 times in 5 s; then, or when the database is away, reject with `unavailable`.
 */
export const reliably = async <T>(attempt: () => Promise<T>): Promise<T> => {
  const startedAt = Date.now()
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (cause) {
      const kind = classify(cause)
      if (kind === 'bug' || cause instanceof ReparteeError) throw cause
      const late = tries >= MAX_TRIES || Date.now() - startedAt >= DEADLINE_MS
      if (kind === 'unavailable' || late)
        throw new ReparteeError('unavailable', 'the database cannot take this now', { cause, retryAfterMs: 1_000 })
    }
    await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries))
  }
}

/** The same database, each statement sent `reliably`. */
export const reliable = (sql: Sql): Sql => ({
  query: (text, params, options) => reliably(() => sql.query(text, params, options)),
})
