import type { Clock } from '../../../core/ports/clock.ts'
import { createRecent } from './recent.ts'

/** Decides whether a host is asked. */
export type Breaker = {
  /** Whether the host is not to be asked. */
  readonly isOpen: boolean
  /** How long an open one waits until the host is tried again. */
  readonly waitMs: number
  succeeded(): void
  /** Returns whether this failure opened it. */
  failed(): boolean
  /** Open at once, since the host said that it goes away. Returns whether it was closed. */
  leave(): boolean
  /** The host answered while open. */
  close(): void
  /** The host did not answer while open. */
  missed(): void
}

const IN_A_ROW = 3
/** Fewer answers than this within 10 s say nothing about a share. */
const ENOUGH = 20
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000
/** A host that says goodbye and comes straight back, such as one connection ended by an operator, is asked soon. */
const AFTER_GOODBYE_MS = 100
/** Closed for this long, a host has its past forgiven. */
const STEADY_MS = 10_000

/**
 * Opens after 3 failures in a row, or when more than half of at least 20 answers within 10 s failed. The wait before
 * another try is 1 s, doubled by each failure up to 15 s.
 */
export const createBreaker = (now: Clock): Breaker => {
  const recent = createRecent(now, ['ok', 'failed'])
  let isOpen = false
  let inARow = 0
  let misses = 0
  let saidGoodbye = false
  let closedAt = Number.NEGATIVE_INFINITY

  const forget = (): void => {
    inARow = 0
    recent.clear()
  }
  const open = (goodbye: boolean): void => {
    misses = now() - closedAt >= STEADY_MS ? 0 : misses + 1
    saidGoodbye = goodbye
    isOpen = true
    forget()
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
      if (saidGoodbye && misses === 0) return AFTER_GOODBYE_MS
      return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (saidGoodbye ? misses - 1 : misses))
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
    leave() {
      if (isOpen) return false
      open(true)
      return true
    },
    close() {
      isOpen = false
      closedAt = now()
      forget()
    },
    missed() {
      misses += 1
    },
  }
}
