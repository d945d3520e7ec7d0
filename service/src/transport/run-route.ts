import { parseInput, ReparteeError } from '@repartee/sdk/protocol'
import { authorize } from '../core/access/authorize.ts'
import type { Deps } from '../core/deps.ts'
import type { Hub } from '../realtime/hub.ts'
import { conditional } from './conditional.ts'
import type { HttpReply, HttpRequest } from './http.ts'
import { jsonReply } from './json-reply.ts'
import { decodeSegment, parseParams } from './path-parameters.ts'
import { parseQuery } from './query.ts'
import { readJsonBody } from './read-json-body.ts'
import type { Route } from './route.ts'

export type RouteDeps = {
  readonly deps: Deps
  readonly hub: Hub
  readonly networkOf: (peer: string, forwardedFor: string) => string
}

const bearerToken = (header: string): string | null => {
  if (header === '') return null
  const token = /^Bearer ([\w.~+/=-]{1,2048})$/i.exec(header)?.[1]
  if (token === undefined) throw new ReparteeError('token_invalid', 'authorization: expected Bearer and a token')
  return token
}

const corsHeaders = (origin: string): Record<string, string> =>
  origin === ''
    ? {}
    : {
        'access-control-allow-origin': origin,
        vary: 'Origin',
        'access-control-expose-headers': 'ETag, Retry-After, X-Request-Id',
      }

/** Authorize a request, parse its input, and run its route. */
export const runRoute = async (o: RouteDeps, route: Route, request: HttpRequest): Promise<HttpReply> => {
  const [site = '', ...segments] = request.params
  const origin = request.header('origin')
  const actor = await authorize(o.deps, {
    siteKey: decodeSegment(site),
    origin: origin === '' ? null : origin,
    host: request.header('host'),
    token: bearerToken(request.header('authorization')),
    network: o.networkOf(request.peer, request.header('x-forwarded-for')),
  })
  const params = parseParams(route.params, segments)
  const query = route.query === undefined ? undefined : parseInput(route.query, parseQuery(request.query, route.lists))
  const body =
    route.body === undefined ? undefined : parseInput(route.body, await readJsonBody(request, route.beacon === true))
  const { deps, hub } = o
  const { status, data } = await route.run({ deps, hub, actor, params, query, body, signal: request.signal })
  const cors = corsHeaders(origin)
  if (data === null) return { status, headers: cors }
  // Without a token the answer is the same for everyone, so caches may keep it if they revalidate it.
  const isPublic = route.method === 'GET' && request.header('authorization') === ''
  return isPublic
    ? conditional(request, jsonReply(status, data, { ...cors, 'cache-control': 'no-cache' }))
    : jsonReply(status, data, cors)
}
