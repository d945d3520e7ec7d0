import type { Failure } from './classify-failure.ts'

export type Statement = { readonly text: string; readonly params: readonly unknown[] }

/** Somewhere a statement can be sent: a database server, or the embedded database. */
export type StatementHost = {
  /** Whether its breaker is open: nothing is sent to it. */
  readonly isOpen: boolean
  /** Until it is probed next; only while open. */
  readonly retryAfterMs: number
  /** Statements running and waiting. */
  readonly load: number
  /** One attempt, within the time limits. Rejects with an error for `classifyFailure`, or with `unavailable`. */
  run<Row>(statement: Statement): Promise<Row[]>
  /** As `run`, without a time limit. */
  runWithoutTimeout<Row>(statement: Statement): Promise<Row[]>
  /** Report the outcome of an attempt; `null` is success. */
  report(failure: Failure | null): void
}
