import type { OnlyOn } from '../src/adapters/postgres/dialect.ts'

/**
 * One version of the schema: single statements, each safe to run again, sent one by one outside any transaction
 * (CockroachDB half-commits several DDL statements in one). A version that was released is never edited. A statement for one
 * dialect alone is passed over on the other.
 */
export type Migration = { readonly version: number; readonly statements: readonly (string | OnlyOn)[] }
