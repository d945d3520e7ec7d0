import type { HttpResponse, TemplatedApp, HttpRequest as UwsRequest } from 'uWebSockets.js'
import { parseInput, parseJson, ReparteeError } from '@repartee/sdk/protocol'
import { authorize } from '../core/access/authorize.ts'
import type { Deps } from '../core/deps.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Span } from '../core/tracer.ts'
import type { Hub } from '../realtime/hub.ts'
import { compress } from './compress.ts'
import { conditional } from './conditional.ts'
import { preflight } from './cors.ts'
import { refusal } from './error-reply.ts'
import type { Readiness } from './health.ts'
import { type HttpReply, type HttpRequest, handle } from './http.ts'
import { openApiDocument } from './openapi.ts'
import { decodeSegment, parseParams } from './path-parameters.ts'
import { parseQuery } from './query.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'
import type { StaticFiles } from './static-files.ts'

export type MountOptions = {
  readonly deps: Deps
  readonly hub: Hub
  readonly statics: StaticFiles
  readonly ready: () => Readiness
  readonly networkOf: (peer: string, forwardedFor: string) => string
  /** The id of a request, from its peer and its X-Request-Id. */
  readonly requestIdOf: (peer: string, given: string) => string
  readonly log: Logger
  readonly metrics: Metrics
  /** Whether this node takes no more connections: those it has end with their next answer. */
  readonly leaving: () => boolean
  /** Told +1 when a request starts and −1 when it was answered. */
  readonly track: (change: number) => void
}

const API = '/api/v1'
const LIST_PARAMETERS: ReadonlySet<string> = new Set(['page'])
const json = (status: number, data: unknown, headers: Record<string, string> = {}): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(data),
})

const bearer = (header: string): string | null => {
  if (header === '') return null
  const token = /^Bearer ([\w.~+/=-]{1,2048})$/i.exec(header)?.[1]
  if (token === undefined) throw new ReparteeError('token_invalid', 'authorization: expected Bearer')
  return token
}

const readJsonBody = async (request: HttpRequest, beacon: boolean): Promise<unknown> => {
  const type = /^\s*([^\s;]*)\s*(?:;|$)/.exec(request.header('content-type'))?.[1]?.toLowerCase()
  if (type !== 'application/json' && !(beacon && type === 'text/plain'))
    throw new ReparteeError('unsupported_media_type', 'content-type: expected application/json')
  return parseJson((await request.body()).toString('utf8'))
}

const runRoute = async (o: MountOptions, route: Route, request: HttpRequest): Promise<HttpReply> => {
  const [site = '', ...segments] = request.params
  const origin = request.header('origin')
  const actor = await authorize(o.deps, {
    siteKey: decodeSegment(site),
    origin: origin === '' ? null : origin,
    host: request.header('host'),
    token: bearer(request.header('authorization')),
    network: o.networkOf(request.peer, request.header('x-forwarded-for')),
  })
  const params = parseParams(route.params, segments)
  // Counts take a repeated `page`, everything else takes a name once.
  const lists = route.name === 'thread.counts' ? LIST_PARAMETERS : new Set<string>()
  const query = route.query === undefined ? undefined : parseInput(route.query, parseQuery(request.query, lists))
  const body =
    route.body === undefined ? undefined : parseInput(route.body, await readJsonBody(request, route.beacon === true))
  const { status, data } = await route.run({
    deps: o.deps,
    hub: o.hub,
    actor,
    params,
    query,
    body,
    signal: request.signal,
  })
  const cors: Record<string, string> =
    origin === ''
      ? {}
      : {
          'access-control-allow-origin': origin,
          vary: 'Origin',
          'access-control-expose-headers': 'ETag, Retry-After, X-Request-Id',
        }
  if (data === null) return { status, headers: cors }
  const shared = route.method === 'GET' && request.header('authorization') === ''
  return shared
    ? conditional(request, json(status, data, { ...cors, 'cache-control': 'no-cache' }))
    : json(status, data, cors)
}

type Answerer = (request: HttpRequest, span?: Span) => Promise<HttpReply>

/** Run one answerer with everything every answer gets: a request id, metrics, errors by the table, compression. */
const answering =
  (o: MountOptions, name: string, answer: Answerer): Answerer =>
  async (request, span) => {
    const start = performance.now()
    const requestId = o.requestIdOf(request.peer, request.header('x-request-id'))
    let code: string | undefined
    let reply: HttpReply
    try {
      reply = await answer(request)
    } catch (thrown) {
      const refused = refusal(thrown)
      code = refused.error.code
      if (code === 'internal')
        o.log.error('request failed', {
          requestId,
          route: name,
          ...traceOf(span),
          error: thrown instanceof Error ? thrown.stack : String(thrown),
        })
      reply = refused.reply
    }
    o.metrics.count('http_requests', { route: name, status: String(reply.status) })
    const ms = performance.now() - start
    o.metrics.observe('http_request_ms', ms, { route: name })
    if (reply.status >= 500) span?.fail(code ?? 'internal')
    span?.set({ 'http.response.status_code': reply.status, 'repartee.request_id': requestId })
    o.log.debug('request', {
      requestId,
      route: name,
      status: reply.status,
      ms,
      ...(code !== undefined && { code }),
      ...traceOf(span),
    })
    return compress(request, { ...reply, headers: { ...reply.headers, 'x-request-id': requestId }, close: o.leaving() })
  }

const traceOf = (span: Span | undefined): { traceId?: string } =>
  span === undefined || span.traceId === null ? {} : { traceId: span.traceId }

/** The same answerer as a span, which goes on a trace begun by whoever asks. */
const tracing =
  (o: MountOptions, method: string, pattern: string, answer: Answerer): Answerer =>
  (request) =>
    o.deps.tracer.span(
      `${method} ${pattern}`,
      {
        kind: 'server',
        attributes: { 'http.request.method': method, 'http.route': pattern },
        traceparent: request.header('traceparent'),
      },
      (span) => answer(request, span),
    )

const health = async (): Promise<HttpReply> => json(200, { status: 'ok' })

/**
 * Mount every URL of the public port. uWebSockets.js looks among the patterns of a request's own method first, from the
 * most specific to `/*`, and only then among those of `any`. GET and HEAD have a `/*`, so `any` never gets them.
 */
export const mountRoutes = (app: TemplatedApp, o: MountOptions): void => {
  const on = (
    method: string,
    pattern: string,
    name: string,
    answer: (request: HttpRequest) => Promise<HttpReply>,
    traced = false,
  ): void => {
    const paramCount = (pattern.match(/:/g) ?? []).length
    const answered = answering(o, name, answer)
    const run = traced ? tracing(o, method, pattern, answered) : answered
    const handler = (res: HttpResponse, req: UwsRequest): void => {
      o.track(1)
      void handle(res, req, paramCount, run).finally(() => o.track(-1))
    }
    if (method === 'GET') app.get(pattern, handler)
    else if (method === 'HEAD') app.head(pattern, handler)
    else if (method === 'POST') app.post(pattern, handler)
    else if (method === 'PUT') app.put(pattern, handler)
    else if (method === 'PATCH') app.patch(pattern, handler)
    else if (method === 'DELETE') app.del(pattern, handler)
    else if (method === 'OPTIONS') app.options(pattern, handler)
    else app.any(pattern, handler)
  }

  const methodsByPattern = new Map<string, string[]>()
  for (const route of routes) {
    const pattern = `${API}/sites/:site${route.path}`
    // HEAD is answered as GET is; the body is left out where the answer is written.
    const methods = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]
    for (const method of methods) on(method, pattern, route.name, (request) => runRoute(o, route, request), true)
    methodsByPattern.set(pattern, [...(methodsByPattern.get(pattern) ?? []), ...methods])
  }
  for (const [pattern, methods] of methodsByPattern) {
    const allow = [...methods, 'OPTIONS'].join(', ')
    on('OPTIONS', pattern, 'preflight', async (request) => preflight(request, allow))
    for (const method of methods.includes('GET') ? ['ANY'] : ['GET', 'HEAD', 'ANY'])
      on(method, pattern, 'method_not_allowed', async () => {
        const { reply } = refusal(new ReparteeError('method_not_allowed', `method: expected one of ${allow}`))
        return { ...reply, headers: { ...reply.headers, allow } }
      })
  }

  const document = JSON.stringify(openApiDocument())
  const gets: [string, string, (request: HttpRequest) => Promise<HttpReply>][] = [
    [
      `${API}/openapi.json`,
      'openapi',
      async (request) =>
        conditional(request, {
          status: 200,
          headers: {
            'content-type': 'application/json',
            'cache-control': 'no-cache',
            'access-control-allow-origin': '*',
          },
          body: document,
        }),
    ],
    ['/healthz', 'healthz', health],
    [
      '/readyz',
      'readyz',
      async () => {
        const readiness = o.ready()
        return json(readiness.status === 'ok' || readiness.status === 'degraded' ? 200 : 503, readiness)
      },
    ],
    ['/*', 'static', async (request) => o.statics.answer(request)],
  ]
  for (const [pattern, name, answer] of gets) {
    on('GET', pattern, name, answer)
    on('HEAD', pattern, name, answer)
  }
  on('ANY', '/*', 'not_found', async (request) => {
    throw new ReparteeError(
      request.path.startsWith('/api/') ? 'route_not_found' : 'method_not_allowed',
      'nothing here for this method',
    )
  })
}
