/**
 * One version of the schema: single statements, each safe to run again, sent one by one outside any transaction
 * (CockroachDB half-commits several DDL statements in one). A version that was released is never edited.
 */
export type Migration = { readonly version: number; readonly statements: readonly string[] }
