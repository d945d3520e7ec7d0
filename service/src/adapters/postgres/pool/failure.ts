/** What a failed attempt means for the statement and for the host it was sent to. */
export type Failure = {
  /** SQLSTATE, the system's error code, or a word of ours; few values, for metrics. */
  readonly cause: string
  /**
   * `again`: surely not committed, worth another try. `elsewhere`: never sent, since this host has no place for it.
   * `uncertain`: may have been committed. `busy`: the database has too much to do, and another try would make it worse.
   * `bug`: the statement's own fault.
   */
  readonly kind: 'again' | 'elsewhere' | 'uncertain' | 'busy' | 'bug'
  /** Whether the connection is of no use any more. */
  readonly kill: boolean
  /** `down` counts against the host, `leaving` takes it out at once, `unasked` says nothing of it. */
  readonly host: 'fine' | 'unasked' | 'down' | 'leaving'
}

/** The answer did not come in time; the connection is stuck. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/** There was no connection to send anything with. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected'
  readonly why: 'unreachable' | 'all in use' | 'taken out'

  constructor(why: NotConnected['why'], options?: { cause: unknown }) {
    super(`no connection: ${why}`, options)
    this.why = why
  }
}

/** 57P01 admin shutdown, 57P02 crash shutdown, 57P03 cannot connect now; a draining CockroachDB node sends them too. */
const leaving = /^57P0[123]$/
const conflict = /^(40001|40P01|55P03)$/
/** 53xxx too few resources, 57014 cancelled by a time limit, 58xxx system errors. */
const overloaded = /^(53|57014|58)/
const lostConnection =
  /^(08...|57P04|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/
const lostMessage = /connection terminated/i
const notSentMessage = /not queryable|client was closed/i

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && error.code !== undefined ? String(error.code) : ''

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '')

const isLost = (error: unknown): boolean =>
  lostConnection.test(codeOf(error)) || (codeOf(error) === '' && lostMessage.test(messageOf(error)))

/** Refusals that waiting does not change: wrong user or password, no such database, a certificate not trusted. */
const refusal = /^(28|3D)|CERT|^ERR_(TLS|SSL)|SELF_SIGNED/

/** Whether a failure to connect is a matter of configuration. */
export const isRefusal = (error: unknown): boolean => error instanceof NotConnected && refusal.test(codeOf(error.cause))

/** Judge a failure to get a connection: nothing was sent, so it is safe to go elsewhere. */
const atConnect = ({ why, cause: error }: NotConnected): Failure => {
  if (why === 'taken out') return { cause: 'taken out', kind: 'again', kill: true, host: 'unasked' }
  if (why === 'all in use') return { cause: 'checkout', kind: 'elsewhere', kill: true, host: 'unasked' }
  const cause = codeOf(error) || 'connect'
  if (leaving.test(cause)) return { cause, kind: 'again', kill: true, host: 'leaving' }
  // The host lives; it only takes no more connections.
  if (overloaded.test(cause)) return { cause, kind: 'elsewhere', kill: true, host: 'fine' }
  return { cause, kind: 'again', kill: true, host: 'down' }
}

/** Judge what a statement was rejected with. */
export const judge = (error: unknown): Failure => {
  if (error instanceof NotConnected) return atConnect(error)
  if (error instanceof NoAnswer) return { cause: 'timeout', kind: 'uncertain', kill: true, host: 'down' }
  const cause = codeOf(error)
  if (conflict.test(cause)) return { cause, kind: 'again', kill: false, host: 'fine' }
  if (cause === '40003') return { cause, kind: 'uncertain', kill: true, host: 'fine' }
  if (leaving.test(cause)) return { cause, kind: 'uncertain', kill: true, host: 'leaving' }
  // A prepared statement from before a change of the schema: a new connection prepares it anew.
  if (cause === '0A000' && messageOf(error).includes('cached plan'))
    return { cause, kind: 'again', kill: true, host: 'fine' }
  if (overloaded.test(cause)) return { cause, kind: 'busy', kill: false, host: 'fine' }
  if (cause === '' && notSentMessage.test(messageOf(error)))
    return { cause: 'connection', kind: 'again', kill: true, host: 'down' }
  if (isLost(error)) return { cause: cause || 'connection', kind: 'uncertain', kill: true, host: 'down' }
  return { cause: cause || 'other', kind: 'bug', kill: cause === '' || /^(XX|25)/.test(cause), host: 'fine' }
}
