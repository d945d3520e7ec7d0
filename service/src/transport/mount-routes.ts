import type { HttpResponse, TemplatedApp, HttpRequest as UwsRequest } from 'uWebSockets.js'
import { ReparteeError } from '@repartee/sdk/protocol'
import { conditional } from './conditional.ts'
import { preflight } from './cors.ts'
import { toErrorReply } from './error-reply.ts'
import type { Readiness } from './health.ts'
import { handle } from './http.ts'
import { type Instruments, instrumented, type RequestHandler, traced } from './instrument.ts'
import { jsonReply } from './json-reply.ts'
import { openApiDocument } from './openapi.ts'
import { routes } from './routes.ts'
import { type RouteDeps, runRoute } from './run-route.ts'
import type { StaticFiles } from './static-files.ts'

export type MountOptions = RouteDeps &
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

  const methodsByPattern = new Map<string, string[]>()
  for (const route of routes) {
    const pattern = `${API}/sites/:site${route.path}`
    // HEAD runs as GET does; the body is left out when the reply is written.
    const methods = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]
    const handler = instrumented(o, route.name, (request) => runRoute(o, route, request))
    for (const method of methods) mount(method, pattern, traced(o.deps.tracer, method, pattern, handler))
    methodsByPattern.set(pattern, [...(methodsByPattern.get(pattern) ?? []), ...methods])
  }
  for (const [pattern, methods] of methodsByPattern) {
    const allow = [...methods, 'OPTIONS'].join(', ')
    on('OPTIONS', pattern, 'preflight', async (request) => preflight(request, allow))
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
