import type { SealedColumn } from '../secrets/sealed-columns.ts'

export type SealedValue = { readonly row: string; readonly sealed: string }

/** Sealed values of all tables, as far as the encryption keys are concerned. */
export type SealedStore = {
  /** The first id, in the database's order, after `after` of a key that values of this column need; `null` when none. */
  nextKeyId(column: SealedColumn, after: string): Promise<string | null>
  /** How many values of a column need a key. */
  count(column: SealedColumn, keyId: string): Promise<number>
  /** Values that need a key; keyset by row. */
  page(column: SealedColumn, keyId: string, after: string | null, limit: number): Promise<SealedValue[]>
  /** Replace values that have not changed since they were read. Resolves with how many are now `to`. Idempotent. */
  replace(column: SealedColumn, changes: readonly { row: string; from: string; to: string }[]): Promise<number>
  /** A secret of the whole service; `null` when it was not made yet. */
  findSecret(name: 'digest_key'): Promise<string | null>
  /** Keep a secret unless there is one; resolves with the one that is kept. */
  keepSecret(name: 'digest_key', sealed: string): Promise<string>
}
