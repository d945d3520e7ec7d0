import type { HttpResponse, TemplatedApp, HttpRequest as UwsRequest } from 'uWebSockets.js'
import { ReparteeError } from '@repartee/sdk/protocol'
import { adminRoutes } from './admin/admin-routes.ts'
import { type AdminRouteDeps, runAdminRoute } from './admin/run-admin-route.ts'
import { conditional } from './conditional.ts'
import { preflight } from './cors.ts'
import { toErrorReply } from './error-reply.ts'
import type { Readiness } from './health.ts'
import { type HttpReply, type HttpRequest, handle } from './http.ts'
import { type Instruments, instrumented, type RequestHandler, traced } from './instrument.ts'
import { jsonReply } from './json-reply.ts'
import { openApiDocument } from './openapi.ts'
import { routes } from './routes.ts'
import { type RouteDeps, runRoute } from './run-route.ts'
import type { StaticFiles } from './static-files.ts'

export type MountOptions = RouteDeps &
  AdminRouteDeps &
  Instruments & {
    readonly statics: StaticFiles
    readonly ready: () => Readiness
    /** Called with +1 when a request starts and with −1 when it has been answered. */
    readonly countInFlight: (change: number) => void
  }

const API = '/api/v1'

/**
 * Mount every URL of the public port. uWebSockets.js first matches the patterns of the request's own method, from the most
 * specific to `/*`, and only then those of `any`. GET and HEAD have a `/*`, so they never reach `any`.
 */
export const mountRoutes = (app: TemplatedApp, o: MountOptions): void => {
  const mount = (method: string, pattern: string, handler: RequestHandler): void => {
    const paramCount = (pattern.match(/:/g) ?? []).length
    const onRequest = (res: HttpResponse, req: UwsRequest): void => {
      o.countInFlight(1)
      void handle(res, req, paramCount, handler).finally(() => o.countInFlight(-1))
    }
    if (method === 'GET') app.get(pattern, onRequest)
    else if (method === 'HEAD') app.head(pattern, onRequest)
    else if (method === 'POST') app.post(pattern, onRequest)
    else if (method === 'PUT') app.put(pattern, onRequest)
    else if (method === 'PATCH') app.patch(pattern, onRequest)
    else if (method === 'DELETE') app.del(pattern, onRequest)
    else if (method === 'OPTIONS') app.options(pattern, onRequest)
    else app.any(pattern, onRequest)
  }
  const on = (method: string, pattern: string, name: string, handler: RequestHandler): void =>
    mount(method, pattern, instrumented(o, name, handler))

  const operations = [
    ...routes.map((route) => ({
      method: route.method,
      pattern: `${API}/sites/:site${route.path}`,
      handler: instrumented(o, route.name, (request) => runRoute(o, route, request)),
      preflight: (request: HttpRequest, allow: string) => preflight(request, allow),
    })),
    ...adminRoutes.map((route) => ({
      method: route.method,
      pattern: `${API}/admin${route.path}`,
      handler: instrumented(o, route.name, (request) => runAdminRoute(o, route, request)),
      // Other origins get no leave to send anything.
      preflight: (_request: HttpRequest, allow: string): HttpReply => ({ status: 204, headers: { allow } }),
    })),
  ]
  const byPattern = new Map<string, (typeof operations)[number][]>()
  for (const operation of operations)
    byPattern.set(operation.pattern, [...(byPattern.get(operation.pattern) ?? []), operation])
  for (const [pattern, group] of byPattern) {
    // HEAD runs as GET does; the body is left out when the reply is written.
    const methods = group.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    for (const { method, handler } of group)
      for (const each of method === 'GET' ? ['GET', 'HEAD'] : [method])
        mount(each, pattern, traced(o.deps.tracer, each, pattern, handler))
    const allow = [...methods, 'OPTIONS'].join(', ')
    const [first] = group
    on('OPTIONS', pattern, 'preflight', async (request) => first?.preflight(request, allow) ?? { status: 204 })
    for (const method of methods.includes('GET') ? ['ANY'] : ['GET', 'HEAD', 'ANY'])
      on(method, pattern, 'method_not_allowed', async () => {
        const { reply } = toErrorReply(new ReparteeError('method_not_allowed', `method: expected one of ${allow}`))
        return { ...reply, headers: { ...reply.headers, allow } }
      })
  }

  const document = JSON.stringify(openApiDocument())
  const gets: [pattern: string, name: string, handler: RequestHandler][] = [
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
    ['/healthz', 'healthz', async () => jsonReply(200, { status: 'ok' })],
    [
      '/readyz',
      'readyz',
      async () => {
        const readiness = o.ready()
        return jsonReply(readiness.status === 'ok' || readiness.status === 'degraded' ? 200 : 503, readiness)
      },
    ],
    ['/*', 'static', async (request) => o.statics.answer(request)],
  ]
  for (const [pattern, name, handler] of gets) {
    on('GET', pattern, name, handler)
    on('HEAD', pattern, name, handler)
  }
  on('ANY', '/*', 'not_found', async (request) => {
    throw new ReparteeError(
      request.path.startsWith('/api/') ? 'route_not_found' : 'method_not_allowed',
      'no route with this path and method',
    )
  })
}
