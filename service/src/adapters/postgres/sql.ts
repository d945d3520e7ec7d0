/** What the caller knows of a statement that the database cannot tell. */
export type QueryOptions = {
  /**
   * Sent twice it leaves what it leaves when sent once, so that it may be sent again when its answer was lost. A plain
   * `select` always is.
   */
  readonly repeatable?: boolean
  /** Called each time it is sent again although it may have been committed. */
  readonly onRepeat?: () => void
  /** May take as long as it takes: changes of the schema. */
  readonly patient?: boolean
}

/** One way to send one statement, whatever database is behind it. Values are `$1…$n`, each cast in the text. */
export type Sql = {
  query<Row>(text: string, params: readonly unknown[], options?: QueryOptions): Promise<Row[]>
}

/** For a writing statement that says in itself what is there afterwards. */
export const repeatable: QueryOptions = { repeatable: true }
