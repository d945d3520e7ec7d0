/** The database behind a connection. Nearly all our SQL means the same on both; PGlite is PostgreSQL. */
export type Dialect = 'postgres' | 'cockroach'

/** SQL for one of them. Only here does the lint allow features that the other lacks. */
export type OnlyOn = { readonly only: Dialect; readonly text: string }

export const onlyOn = (only: Dialect, text: string): OnlyOn => ({ only, text })
