/** What the caller knows of a statement that the database cannot tell. */
export type QueryOptions = {
  /**
   * Sent twice it leaves what it leaves when sent once, so that it may be sent again when its answer was lost. A plain
   * `select` always is.
   */
  readonly repeatable?: boolean
  /** Called each time it is sent again although it may have been committed. */
  readonly onRepeat?: () => void
  /** Whether the answer says that the statement changed nothing because the head of its thread had moved: it is retried. */
  readonly isStale?: (rows: readonly unknown[]) => boolean
  /** No time limit: for changes of the schema. */
  readonly noTimeout?: boolean
}

/**
 * Send one statement until it is committed, whatever database is behind it; see `createRetryingSql`. Values are `$1…$n`,
 * each cast in the text.
 */
export type Sql = {
  query<Row>(text: string, params: readonly unknown[], options?: QueryOptions): Promise<Row[]>
}

/** For a writing statement that says in itself what is there afterwards. */
export const repeatable: QueryOptions = { repeatable: true }
