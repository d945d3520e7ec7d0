/** What only the caller knows about a statement. */
export type QueryOptions = {
  /**
   * The statement has the same effect sent twice as sent once, so it may be retried after its answer was lost. A plain
   * `select` always is.
   */
  readonly repeatable?: boolean
  /** Called before each retry of a statement that may have been committed. */
  readonly onRepeat?: () => void
  /** Whether the rows say that nothing was changed because the head of the thread had moved. It is then retried. */
  readonly isStale?: (rows: readonly unknown[]) => boolean
  /** No time limit; for schema changes. */
  readonly noTimeout?: boolean
}

/**
 * Sends one statement to the database, with retries; see `createRetryingSql`. Parameters are `$1…$n`, all with casts.
 */
export type Sql = {
  query<Row>(text: string, params: readonly unknown[], options?: QueryOptions): Promise<Row[]>
}

/** For an idempotent write. */
export const repeatable: QueryOptions = { repeatable: true }
