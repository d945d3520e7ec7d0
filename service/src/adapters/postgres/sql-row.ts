/** A row as the driver returns it: int8 is a number, a bigint or a string, depending on the driver. */
export type Row = Readonly<Record<string, unknown>>

export const text = (value: unknown): string => String(value)

export const int = (value: unknown): number => Number(value)

/** `null` for an SQL null, else `read` of the value. */
export const optional = <T>(value: unknown, read: (value: unknown) => T): T | null =>
  value === null || value === undefined ? null : read(value)

/** A time as a parameter of a statement. */
export const timestamp = (at: number): string => new Date(at).toISOString()

/** A stored time as epoch milliseconds. */
export const epochMs = (column: string): string => `(extract(epoch from ${column}) * 1000)::int8`
