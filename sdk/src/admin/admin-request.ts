import { AdminError, isAdminErrorCode } from '../protocol/admin/admin-errors.ts'
import { isErrorCode, ReparteeError } from '../protocol/errors.ts'

export type AdminRequest = {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below `/api/v1/admin`; already escaped. */
  readonly path: string
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** Send one request once. Rejects with an `AdminError` or `ReparteeError`, or with the reason of the aborted signal. */
export type SendAdminRequest = <T>(request: AdminRequest) => Promise<T>

const TIMEOUT_MS = 20_000

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const errorOf = (status: number, text: string, retryAfterS: number): AdminError | ReparteeError => {
  const body = parsed(text) as {
    error?: { code?: unknown; message?: string; retryAfterMs?: number; details?: object }
  } | null
  const { code, message, details, retryAfterMs = retryAfterS * 1_000 } = body?.error ?? {}
  if (isAdminErrorCode(code))
    return new AdminError(code, message, details === undefined ? {} : { details: details as Record<string, unknown> })
  const fallback = status === 429 ? 'rate_limited' : status < 500 ? 'invalid_request' : 'unavailable'
  return new ReparteeError(isErrorCode(code) ? code : fallback, message, retryAfterMs > 0 ? { retryAfterMs } : {})
}

/** Requests to the admin API of one service. The session is a cookie, which only pages of that service send. */
export const createAdminRequest =
  (baseUrl: string, send: typeof fetch): SendAdminRequest =>
  async <T>({ method = 'GET', path, body, signal }: AdminRequest): Promise<T> => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    try {
      // A name of its own, since the types of Node.js 20 do not know `cache`.
      const init = {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      } as const
      const response = await send(`${baseUrl}/api/v1/admin${path}`, init)
      const text = await response.text()
      if (!response.ok) throw errorOf(response.status, text, Number(response.headers.get('retry-after')))
      return (text === '' ? undefined : JSON.parse(text)) as T
    } catch (error) {
      signal?.throwIfAborted()
      throw error instanceof ReparteeError || error instanceof AdminError
        ? error
        : new ReparteeError('unavailable', 'the service cannot be reached', { cause: error })
    }
  }
