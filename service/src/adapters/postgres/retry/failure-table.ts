/** What a failed attempt means for its statement, its connection and its host. */
export type FailureMeaning = {
  /**
   * - `retry`: nothing was committed, and another attempt may succeed.
   * - `retryOtherHost`: it was not sent, because this host has no room for it.
   * - `uncertain`: it may have been committed.
   * - `overloaded`: another attempt would add to the load that made it fail.
   * - `bug`: the statement itself is at fault.
   */
  readonly statement: 'retry' | 'retryOtherHost' | 'uncertain' | 'overloaded' | 'bug'
  readonly connection: 'keep' | 'discard'
  /**
   * - `healthy`: it answered.
   * - `unknown`: nothing was sent to it.
   * - `down`: counts towards opening its breaker.
   * - `misconfigured`: as `down`, but waiting does not help, so a start fails at once.
   * - `draining`: it is shutting down, which opens its breaker at once.
   */
  readonly host: 'healthy' | 'unknown' | 'down' | 'misconfigured' | 'draining'
  /** For logs. Readers see only the cause. */
  readonly reason: string
}

export type FailureRow = FailureMeaning & {
  /** SQLSTATE, Node.js error code or one of ours; empty for an error without a code. */
  readonly code: RegExp
  /** Tells apart errors that share a code or have none. */
  readonly message?: RegExp
  /** Stands for a missing code in metrics and logs. */
  readonly cause?: string
}

/*
 * The first matching row applies. Sources: PostgreSQL, appendix "PostgreSQL Error Codes"; CockroachDB, "Common
 * Errors", "Transaction Retry Error Reference" and "Node Shutdown"; Node.js, "Common system errors" and OpenSSL's
 * verification errors. node-postgres gives its own errors no code: their messages are those of its lib/client.js.
 */

const RESOURCES = /^(53|57|58)/
const SHUTDOWN = /^57P0[123]$/

/** There was no connection to send the statement with. */
export const connectFailures: readonly FailureRow[] = [
  {
    code: /^breaker_open$/,
    statement: 'retry',
    connection: 'discard',
    host: 'unknown',
    reason: 'the breaker opened while the statement waited for a connection',
  },
  {
    code: /^checkout$/,
    statement: 'retryOtherHost',
    connection: 'discard',
    host: 'unknown',
    reason: 'every connection stayed in use',
  },
  {
    // A draining CockroachDB node refuses new connections with these.
    code: SHUTDOWN,
    statement: 'retry',
    connection: 'discard',
    host: 'draining',
    reason: 'the server is starting up or shutting down',
  },
  {
    code: RESOURCES,
    statement: 'retryOtherHost',
    connection: 'discard',
    host: 'healthy',
    reason: 'the server accepts no more connections',
  },
  {
    code: /^(28|3D)/,
    statement: 'retry',
    connection: 'discard',
    host: 'misconfigured',
    reason: 'wrong user or password, or no such database',
  },
  {
    code: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_(TLS|SSL)/,
    statement: 'retry',
    connection: 'discard',
    host: 'misconfigured',
    reason: "TLS failed, or the server's certificate is not trusted",
  },
  {
    code: /./,
    statement: 'retry',
    connection: 'discard',
    host: 'down',
    reason: 'the host cannot be reached',
  },
]

/** The statement was handed to a connection. */
export const statementFailures: readonly FailureRow[] = [
  {
    code: /^stale_head$/,
    statement: 'retry',
    connection: 'keep',
    host: 'healthy',
    reason: 'another connection changed the thread first',
  },
  {
    code: /^timeout$/,
    statement: 'uncertain',
    connection: 'discard',
    host: 'down',
    reason: 'no answer within the time limit',
  },
  {
    // Serialization failure ("restart transaction" on CockroachDB), deadlock, `lock_timeout`: it was rolled back.
    code: /^(40001|40P01|55P03)$/,
    statement: 'retry',
    connection: 'keep',
    host: 'healthy',
    reason: 'conflict with another transaction',
  },
  {
    // CockroachDB: "result is ambiguous".
    code: /^40003$/,
    statement: 'uncertain',
    connection: 'discard',
    host: 'healthy',
    reason: 'the server does not know whether it committed',
  },
  {
    // Also when an operator ends one connection with `pg_terminate_backend`.
    code: SHUTDOWN,
    statement: 'uncertain',
    connection: 'discard',
    host: 'draining',
    reason: 'the server is shutting down',
  },
  {
    // `idle_session_timeout`, which can cross a statement on its way.
    code: /^57P05$/,
    statement: 'uncertain',
    connection: 'discard',
    host: 'healthy',
    reason: 'the server closed an idle connection',
  },
  {
    code: /^(08...|57P04|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/,
    statement: 'uncertain',
    connection: 'discard',
    host: 'down',
    reason: 'the connection was lost',
  },
  {
    // Prepared before the schema changed; a new connection prepares it afresh.
    code: /^0A000$/,
    message: /cached plan/,
    statement: 'retry',
    connection: 'discard',
    host: 'healthy',
    reason: 'the prepared statement is out of date',
  },
  {
    // Out of memory, disk or connections; cancelled by `statement_timeout` (57014); I/O errors.
    code: RESOURCES,
    statement: 'overloaded',
    connection: 'keep',
    host: 'healthy',
    reason: 'the server is overloaded or out of resources',
  },
  {
    code: /^$/,
    message: /not queryable|client was closed/i,
    cause: 'connection',
    statement: 'retry',
    connection: 'discard',
    host: 'down',
    reason: 'the connection had been closed before the statement was sent',
  },
  {
    code: /^$/,
    message: /connection terminated/i,
    cause: 'connection',
    statement: 'uncertain',
    connection: 'discard',
    host: 'down',
    reason: 'the connection ended before the answer',
  },
  {
    // Internal errors, and a session left in a broken transaction.
    code: /^(XX|25)/,
    statement: 'bug',
    connection: 'discard',
    host: 'healthy',
    reason: 'the server failed on this statement',
  },
  {
    code: /^$/,
    cause: 'other',
    statement: 'bug',
    connection: 'discard',
    host: 'healthy',
    reason: 'an error without a code',
  },
  {
    code: /./,
    statement: 'bug',
    connection: 'keep',
    host: 'healthy',
    reason: 'the server refused the statement',
  },
]
