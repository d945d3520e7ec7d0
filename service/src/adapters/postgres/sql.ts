/** One way to send one statement, whatever database is behind it. Values are `$1…$n`, each cast in the text. */
export type Sql = { query<Row>(text: string, params: readonly unknown[]): Promise<Row[]> }
