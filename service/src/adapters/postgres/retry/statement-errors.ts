/*
 * Failures that no database reports. The failure table and `db_retries` list their codes beside SQLSTATEs.
 */

/** Another connection changed the thread after the statement had read it, so the statement changed nothing. */
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
   * `checkout`: no pooled connection became free in time. `breaker_open`: the breaker opened while the statement waited
   * for one. Otherwise the reason why none could be opened: SQLSTATE, a Node.js code, or `connect`.
   */
  readonly code: string

  constructor(code: string, options?: ErrorOptions) {
    super(`no connection: ${code}`, options)
    this.code = code
  }
}
