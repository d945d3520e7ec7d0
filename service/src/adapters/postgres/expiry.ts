import type { Clock } from '../../core/ports/clock.ts'
import type { Logger } from '../../core/ports/logger.ts'
import { deleteExpiredCredentials } from './queries/credential-queries.ts'
import { deleteExpiredBeacons } from './queries/installation-queries.ts'
import { deleteExpiredMail } from './queries/mail-queries.ts'
import type { Sql } from './sql.ts'

const EVERY_MS = 60 * 60_000
/** Far longer than clocks differ, so nothing deleted could still be accepted. */
const KEPT_MS = 24 * 60 * 60_000

/** What expires. */
const kinds = { credentials: deleteExpiredCredentials, mail: deleteExpiredMail, beacons: deleteExpiredBeacons } as const

/**
 * Delete what expired a day ago, about once an hour, on any number of nodes; CockroachDB does this itself.
 * Returns a function that stops it.
 */
export const startExpiry = (sql: Sql, o: { log: Logger; now: Clock }): (() => void) => {
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const sweep = async (): Promise<void> => {
    for (const [kind, deleteExpired] of Object.entries(kinds))
      try {
        const deleted = await deleteExpired(sql, o.now() - KEPT_MS)
        if (deleted > 0) o.log.info('expired rows deleted', { kind, deleted })
      } catch (error) {
        o.log.warn('could not delete expired rows', { kind, error: String(error) })
      }
    schedule()
  }
  const schedule = (): void => {
    if (stopped) return
    timer = setTimeout(() => void sweep(), EVERY_MS * (0.5 + Math.random()))
    timer.unref()
  }
  schedule()

  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
