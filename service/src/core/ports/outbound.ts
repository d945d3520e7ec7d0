/** Why there is no answer. Safe to show to the owner of the site the request was made for. */
export const outboundFailures = [
  /** Not a URL, or one with a user name or password in it. */
  'invalid_url',
  /** Another scheme than http and https. */
  'not_http',
  /** A port that browsers refuse (WHATWG Fetch, "bad port"). */
  'port_refused',
  'name_not_found',
  /** The name servers failed or did not answer. */
  'name_unresolved',
  /**
   * The name or address belongs to a private network that `PRIVATE_NETWORKS` does not list, or to this machine at a port
   * other than 80 and 443.
   */
  'address_refused',
  'connection_failed',
  /** No valid certificate for this name, or no common version of TLS. */
  'tls_failed',
  'timed_out',
  'too_many_redirects',
  'headers_too_large',
  'too_large',
  /** Not HTTP, or a body that cannot be decoded. */
  'bad_response',
  /** This node makes as many requests as it may, or is about to stop. */
  'busy',
] as const
export type OutboundFailure = (typeof outboundFailures)[number]

/** Thrown when a request got no answer that may be used. `detail` is a code of the system or of TLS, never a text. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly code: OutboundFailure
  /** The URL at which it failed, which differs from the requested one after a redirect. */
  readonly url: string
  readonly detail: string | null

  constructor(code: OutboundFailure, url: string, o: { detail?: string | null; cause?: unknown } = {}) {
    super(`${code.replaceAll('_', ' ')}: ${url.slice(0, 200)}`, o.cause === undefined ? undefined : { cause: o.cause })
    this.code = code
    this.url = url
    this.detail = o.detail ?? null
  }
}

export type OutboundRequest = {
  readonly url: string
  /** What it is made for: a label of the metric `outbound_requests`. */
  readonly for: 'installation'
  /** The `Accept` header. */
  readonly accept: string
  /** The longest body, as sent and as decoded. */
  readonly maxBytes: number
  /** How long everything may take: waiting for other requests, names, redirects and the whole body. */
  readonly timeoutMs: number
  /** How long one server may take to send its headers. */
  readonly headersMs: number
  /** How many redirects are followed. Each target is judged like the first URL. */
  readonly redirects: number
}

export type OutboundAnswer = {
  readonly status: number
  /** Names in lower case, with one value for each line. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  /** Decoded, but still in the charset of the page. */
  readonly body: Uint8Array
  /** The URL that answered, after redirects. */
  readonly url: string
}

/**
 * The only way in which the service fetches a URL that someone else chose. It connects to public addresses only, and to
 * the private ones an operator lists. It sends no cookies and no credentials. Rejects with an `OutboundError`.
 */
export type Outbound = {
  get(request: OutboundRequest): Promise<OutboundAnswer>
  /** End all requests, and refuse further ones: they reject with `busy`. */
  close(): void
}
