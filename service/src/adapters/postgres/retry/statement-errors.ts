/*
 * Failures that no database reports. Their codes stand in the failure table beside SQLSTATEs, and are the causes
 * counted in `db_retries`.
 */

/** Another connection changed the thread between what a statement read and what it wrote; the statement changed nothing. */
export class StaleHeadError extends Error {
  override readonly name = 'StaleHeadError'
  readonly code = 'stale_head'
}

/** No answer within the time limit. The connection still waits for one, so it cannot be used again. */
export class QueryTimeoutError extends Error {
  override readonly name = 'QueryTimeoutError'
  readonly code = 'timeout'
}

/** There was no connection, so the statement was not sent. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError'
  /**
   * `checkout`: no connection of the pool became free in time. `breaker_open`: the breaker opened while the statement
   * waited for a connection. Otherwise why no connection could be opened: SQLSTATE, the system's code, or `connect`.
   */
  readonly code: string

  constructor(code: string, options?: ErrorOptions) {
    super(`no connection: ${code}`, options)
    this.code = code
  }
}
