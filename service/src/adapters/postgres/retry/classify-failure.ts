import { connectFailures, type FailureMeaning, statementFailures } from './failure-table.ts'
import { NotConnectedError } from './statement-errors.ts'

/** A failed attempt. */
export type Failure = FailureMeaning & {
  /** SQLSTATE, the system's error code, or one of ours; few values, for metrics. */
  readonly cause: string
}

/** The code of an error; empty if it has none. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && error.code !== undefined ? String(error.code) : ''

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '')

/** Look up what an attempt rejected with. */
export const classifyFailure = (error: unknown): Failure => {
  const code = codeOf(error)
  const table = error instanceof NotConnectedError ? connectFailures : statementFailures
  const row = table.find((each) => each.code.test(code) && (each.message?.test(messageOf(error)) ?? true))
  if (row === undefined) throw new Error(`the failure table has no row for ${code}`)
  const { statement, connection, host, reason, cause = code } = row
  return { cause, statement, connection, host, reason }
}
