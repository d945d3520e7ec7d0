/** A row as drivers give it: int8 is a number, a bigint or a string depending on the driver. */
export type Row = Readonly<Record<string, unknown>>

export const text = (value: unknown): string => String(value)

export const int = (value: unknown): number => Number(value)

/** `null` for SQL's null, else what `read` makes of the value. */
export const optional = <T>(value: unknown, read: (value: unknown) => T): T | null =>
  value === null || value === undefined ? null : read(value)

/** A time given to the database. */
export const timestamp = (at: number): string => new Date(at).toISOString()

/** A stored time as epoch milliseconds. */
export const epochMs = (column: string): string => `(extract(epoch from ${column}) * 1000)::int8`
