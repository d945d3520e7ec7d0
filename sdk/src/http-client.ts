import { errorFromResponse } from './error-from-response.ts'
import { type ErrorCode, ReparteeError } from './protocol/errors.ts'

export type HttpRequest = {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Below `/api/v1/sites/{site}`; already escaped. */
  readonly path: string
  readonly query?: Record<string, string | number | readonly string[] | undefined>
  readonly body?: unknown
  readonly token?: string | undefined
  readonly timeoutMs: number
  readonly signals?: readonly (AbortSignal | undefined)[]
}

/** Send one request once. Rejects with a `ReparteeError`, or with the reason of the signal that aborted it. */
export type SendRequest = <T>(request: HttpRequest) => Promise<T>

/** The code for a response that has none this version knows, as from a proxy or a newer service. */
const codeForStatus = (status: number): ErrorCode => {
  if (status === 429) return 'rate_limited'
  if (status < 500) return 'invalid_request'
  return status === 500 ? 'internal' : 'unavailable'
}

const queryString = (query: HttpRequest['query'] = {}): string => {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of [value].flat()) if (one !== undefined) params.append(name, `${one}`)
  const text = params.toString()
  return text && `?${text}`
}

/** Send requests to one site of one service. Nothing is retried here. */
export const createHttpClient =
  (baseUrl: string, send: typeof fetch): SendRequest =>
  async <T>({ method = 'GET', path, query, body, token, timeoutMs, signals = [] }: HttpRequest): Promise<T> => {
    const controller = new AbortController()
    const abort = (): void => controller.abort()
    const timer = setTimeout(abort, timeoutMs)
    for (const signal of signals) signal?.addEventListener('abort', abort)
    try {
      for (const signal of signals) signal?.throwIfAborted()
      const response = await send(baseUrl + path + queryString(query), {
        method,
        credentials: 'omit',
        // A deletion may be sent while the page is unloaded, and must still arrive (Fetch standard, keepalive).
        keepalive: method === 'DELETE',
        signal: controller.signal,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T
      let parsed: unknown
      try {
        parsed = JSON.parse(text)
      } catch {
        parsed = null
      }
      throw errorFromResponse(
        (parsed as { error?: unknown } | null)?.error,
        codeForStatus(response.status),
        Number(response.headers.get('retry-after')) * 1_000,
      )
    } catch (error) {
      for (const signal of signals) signal?.throwIfAborted()
      throw error instanceof ReparteeError
        ? error
        : new ReparteeError('unavailable', 'the service cannot be reached', { cause: error })
    } finally {
      clearTimeout(timer)
      for (const signal of signals) signal?.removeEventListener('abort', abort)
    }
  }
