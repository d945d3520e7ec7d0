/** Which database speaks: nearly all our SQL means the same on both. PGlite is PostgreSQL. */
export type Dialect = 'postgres' | 'cockroach'

/** SQL for one database alone. The lint allows what only that one has in no other place. */
export type OnlyOn = { readonly only: Dialect; readonly text: string }

export const onlyOn = (only: Dialect, text: string): OnlyOn => ({ only, text })
