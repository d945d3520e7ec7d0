import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Span, Tracer } from '../core/tracer.ts'
import { compress } from './compress.ts'
import { toErrorReply } from './error-reply.ts'
import type { HttpReply, HttpRequest } from './http.ts'

export type RequestHandler = (request: HttpRequest, span?: Span) => Promise<HttpReply>

export type Instruments = {
  /** The id of a request, from its peer and its X-Request-Id. */
  readonly requestIdOf: (peer: string, header: string) => string
  readonly log: Logger
  readonly metrics: Metrics
  /** Whether this node has stopped accepting connections, so that each open one ends with its next reply. */
  readonly closing: () => boolean
}

const traceOf = (span: Span | undefined): { traceId?: string } =>
  span === undefined || span.traceId === null ? {} : { traceId: span.traceId }

/** Give every reply of a handler a request id, metrics, a log line, compression, and a status for its errors. */
export const instrumented =
  (o: Instruments, route: string, handler: RequestHandler): RequestHandler =>
  async (request, span) => {
    const start = performance.now()
    const requestId = o.requestIdOf(request.peer, request.header('x-request-id'))
    let code: string | undefined
    let reply: HttpReply
    try {
      reply = await handler(request)
    } catch (thrown) {
      const failure = toErrorReply(thrown)
      code = failure.error.code
      if (code === 'internal')
        o.log.error('request failed', {
          requestId,
          route,
          ...traceOf(span),
          error: thrown instanceof Error ? thrown.stack : String(thrown),
        })
      reply = failure.reply
    }
    const { status } = reply
    const ms = performance.now() - start
    o.metrics.count('http_requests', { route, status: String(status) })
    o.metrics.observe('http_request_ms', ms, { route })
    if (status >= 500) span?.fail(code ?? 'internal')
    span?.set({ 'http.response.status_code': status, 'repartee.request_id': requestId })
    o.log.debug('request', { requestId, route, status, ms, ...(code !== undefined && { code }), ...traceOf(span) })
    return compress(request, { ...reply, headers: { ...reply.headers, 'x-request-id': requestId }, close: o.closing() })
  }

/** Run a handler as a server span, which continues the caller's trace if the request names one. */
export const traced =
  (tracer: Tracer, method: string, pattern: string, handler: RequestHandler): RequestHandler =>
  (request) =>
    tracer.span(
      `${method} ${pattern}`,
      {
        kind: 'server',
        attributes: { 'http.request.method': method, 'http.route': pattern },
        traceparent: request.header('traceparent'),
      },
      (span) => handler(request, span),
    )
