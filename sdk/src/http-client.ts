import { type ErrorCode, ReparteeError } from './protocol/errors.ts'
import { refusalOf } from './to-error.ts'

export type HttpCall = {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Below `/api/v1/sites/{site}`; already escaped. */
  readonly path: string
  readonly query?: Record<string, string | number | readonly string[] | undefined>
  readonly body?: unknown
  readonly token?: string | undefined
  readonly timeoutMs: number
  readonly signals?: readonly (AbortSignal | undefined)[]
}

/** One try of one request; rejects with a `ReparteeError`, or with the reason of the signal that aborted it. */
export type Http = <T>(call: HttpCall) => Promise<T>

/** A proxy's answer, or one of a newer service, has no code this version knows: the status has to do. */
const codeOfStatus = (status: number): ErrorCode => {
  if (status === 429) return 'rate_limited'
  if (status < 500) return 'invalid_request'
  return status === 500 ? 'internal' : 'unavailable'
}

const queryOf = (query: HttpCall['query'] = {}): string => {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of [value].flat()) if (one !== undefined) params.append(name, `${one}`)
  const text = params.toString()
  return text && `?${text}`
}

/** Send requests to one site of one service; nothing is retried here. */
export const createHttp =
  (base: string, send: typeof fetch): Http =>
  async <T>({ method = 'GET', path, query, body, token, timeoutMs, signals = [] }: HttpCall): Promise<T> => {
    const controller = new AbortController()
    const stop = (): void => controller.abort()
    const timer = setTimeout(stop, timeoutMs)
    for (const signal of signals) signal?.addEventListener('abort', stop)
    try {
      for (const signal of signals) signal?.throwIfAborted()
      const response = await send(base + path + queryOf(query), {
        method,
        credentials: 'omit',
        // A deletion whose undo time ends with the page must still get out (Fetch standard, keepalive).
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
      let answer: unknown
      try {
        answer = JSON.parse(text)
      } catch {
        answer = null
      }
      throw refusalOf(
        (answer as { error?: unknown } | null)?.error,
        codeOfStatus(response.status),
        Number(response.headers.get('retry-after')) * 1_000,
      )
    } catch (error) {
      for (const signal of signals) signal?.throwIfAborted()
      throw error instanceof ReparteeError
        ? error
        : new ReparteeError('unavailable', 'service not reachable', { cause: error })
    } finally {
      clearTimeout(timer)
      for (const signal of signals) signal?.removeEventListener('abort', stop)
    }
  }
