import { parseInput } from '@repartee/sdk/protocol'
import type { AdminVisitor } from '../../core/access/admin-actor.ts'
import { adminPermissions } from '../../core/access/admin-permissions.ts'
import { authorizeAdmin } from '../../core/access/authorize-admin.ts'
import type { Deps } from '../../core/deps.ts'
import type { HttpReply, HttpRequest } from '../http.ts'
import { jsonReply } from '../json-reply.ts'
import { decodeSegment, parseParams } from '../path-parameters.ts'
import { parseQuery } from '../query.ts'
import { readJsonBody } from '../read-json-body.ts'
import type { AdminRoute } from './admin-route.ts'
import { dashboardOrigin, requireOwnPage } from './dashboard-origin.ts'
import { readCookies, writeCookies } from './session-cookies.ts'

export type AdminRouteDeps = {
  readonly deps: Deps
  /** The origin of the dashboard as configured; empty for this machine's own name. */
  readonly dashboardUrl: string
  readonly networkOf: (peer: string, forwardedFor: string) => string
}

const MAX_USER_AGENT = 300

/** Nothing of the admin API is kept by any cache, and no other origin may load it. */
const privateHeaders = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}

/** Check where a request comes from and who sends it, parse its input, and run its route. */
export const runAdminRoute = async (o: AdminRouteDeps, route: AdminRoute, request: HttpRequest): Promise<HttpReply> => {
  const { deps } = o
  const origin = dashboardOrigin(o.dashboardUrl, request.header('host'))
  requireOwnPage(request, route.method, origin)
  const { token, knownDevice } = readCookies(request.header('cookie'), origin)
  const visitor: AdminVisitor = {
    network: o.networkOf(request.peer, request.header('x-forwarded-for')),
    userAgent: request.header('user-agent').slice(0, MAX_USER_AGENT),
    knownDevice,
    origin,
  }
  const siteIndex = Object.keys(route.params.entries).indexOf('site')
  const siteKey = siteIndex === -1 ? null : decodeSegment(request.params[siteIndex] ?? '')
  const granted = await authorizeAdmin(deps, adminPermissions[route.name], { visitor, token, siteKey })
  const params = parseParams(route.params, request.params)
  const query = route.query === undefined ? undefined : parseInput(route.query, parseQuery(request.query))
  const body = route.body === undefined ? undefined : parseInput(route.body, await readJsonBody(request))
  const actor = granted.siteActor ?? granted.actor
  const result = await route.run({ deps, visitor, actor, params, query, body })
  // Its mail, if any, was stored with the change.
  if (route.method !== 'GET') deps.mailer.wake()
  const headers = { ...privateHeaders, ...result.headers }
  const setCookies = writeCookies(origin, { ...result, nowAt: deps.now() })
  const reply =
    result.data === null ? { status: result.status, headers } : jsonReply(result.status, result.data, headers)
  return { ...reply, setCookies, ...(result.stream !== undefined && { stream: result.stream }) }
}
