import type { Clock } from '../../../core/ports/clock.ts'
import { createRecentCounts } from '../retry/recent-counts.ts'

/** A circuit breaker: while it is open, its host gets no statements. */
export type Breaker = {
  readonly isOpen: boolean
  /** How long an open one waits before the host is probed. */
  readonly waitMs: number
  succeeded(): void
  /** Returns whether this failure opened it. */
  failed(): boolean
  /** Open at once, since the server closed a connection to shut down. Returns whether it was closed. */
  closedByServer(): boolean
  /** A probe succeeded. */
  close(): void
  probeFailed(): void
}

const IN_A_ROW = 3
/** Fewer outcomes than this within 10 s say nothing about a share. */
const ENOUGH = 20
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000
/** The server may be back at once, as when an operator ended a single connection. */
const AFTER_SERVER_CLOSE_MS = 100
/** Closed for this long, it starts again with the shortest wait. */
const STEADY_MS = 10_000

/**
 * Opens after 3 failures in a row, or when more than half of at least 20 outcomes within 10 s are failures. The wait
 * before a probe is 1 s, doubled by each failure up to 15 s.
 */
export const createBreaker = (now: Clock): Breaker => {
  const recent = createRecentCounts(now, ['ok', 'failed'])
  let isOpen = false
  let inARow = 0
  let failedProbes = 0
  let serverClosed = false
  let closedAt = Number.NEGATIVE_INFINITY

  const clearCounts = (): void => {
    inARow = 0
    recent.clear()
  }
  const open = (byServer: boolean): void => {
    // Opening soon after it was closed counts as one more failed probe.
    failedProbes = now() - closedAt >= STEADY_MS ? 0 : failedProbes + 1
    serverClosed = byServer
    isOpen = true
    clearCounts()
  }
  const mostlyFailed = (): boolean => {
    const [ok, failed] = [recent.total('ok'), recent.total('failed')]
    return ok + failed >= ENOUGH && failed > ok
  }

  return {
    get isOpen() {
      return isOpen
    },
    get waitMs() {
      if (serverClosed && failedProbes === 0) return AFTER_SERVER_CLOSE_MS
      return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (serverClosed ? failedProbes - 1 : failedProbes))
    },
    succeeded() {
      inARow = 0
      recent.add('ok')
    },
    failed() {
      inARow += 1
      recent.add('failed')
      if (isOpen || (inARow < IN_A_ROW && !mostlyFailed())) return false
      open(false)
      return true
    },
    closedByServer() {
      if (isOpen) return false
      open(true)
      return true
    },
    close() {
      isOpen = false
      closedAt = now()
      clearCounts()
    },
    probeFailed() {
      failedProbes += 1
    },
  }
}
