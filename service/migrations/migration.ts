import type { OnlyOn } from '../src/adapters/postgres/dialect.ts'

/**
 * One version of the schema: single statements, each idempotent, sent one by one outside a transaction, because
 * CockroachDB can commit only part of a transaction with several DDL statements. A released version is never edited. A
 * statement for one dialect is skipped on the other.
 */
export type Migration = { readonly version: number; readonly statements: readonly (string | OnlyOn)[] }
