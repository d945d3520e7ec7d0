import { errorResponseSchema, errorTable, PROTOCOL_VERSION, siteKeySchema } from '@repartee/sdk/protocol'
import { adminErrorResponseSchema, adminErrorStatus } from '@repartee/sdk/protocol/admin'
import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { adminPermissions } from '../core/access/admin-permissions.ts'
import { version } from '../core/service-version.ts'
import type { AdminRoute } from './admin/admin-route.ts'
import { adminRoutes } from './admin/admin-routes.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'

/** JSON Schema cannot express a regular expression's flags or lower-casing, so these are left out. */
const schema = (source: v.GenericSchema, typeMode: 'input' | 'output'): Record<string, unknown> => {
  const { $schema: _dialect, ...rest } = toJsonSchema(source, { typeMode, errorMode: 'ignore' })
  return rest
}

const content = (source: v.GenericSchema, typeMode: 'input' | 'output', type = 'application/json') => ({
  [type]: { schema: schema(source, typeMode) },
})

const bodyContent = (body: v.GenericSchema, beacon: boolean) => ({
  ...content(body, 'input'),
  ...(beacon && content(body, 'input', 'text/plain')),
})

const pathParameters = (entries: Readonly<Record<string, v.GenericSchema>>) =>
  Object.entries(entries).map(([name, value]) => ({
    name,
    in: 'path',
    required: true,
    schema: schema(value, 'input'),
  }))

const queryParameters = (query: v.GenericSchema | undefined) => {
  if (query === undefined) return []
  const { properties = {}, required = [] } = schema(query, 'input') as {
    properties?: Record<string, unknown>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property,
    explode: true,
  }))
}

const responsesOf = (route: Pick<Route, 'summary' | 'responses'>) => ({
  ...Object.fromEntries(
    Object.entries(route.responses).map(([status, data]) => [
      status,
      { description: route.summary, ...(data !== null && { content: content(data, 'output') }) },
    ]),
  ),
  default: { $ref: '#/components/responses/Error' },
})

const operationOf = (route: Route) => ({
  operationId: route.name,
  summary: route.summary,
  parameters: [...pathParameters({ site: siteKeySchema, ...route.params.entries }), ...queryParameters(route.query)],
  ...(route.body !== undefined && {
    requestBody: { required: true, content: bodyContent(route.body, route.beacon === true) },
  }),
  responses: responsesOf(route),
  security: [{}, { reader: [] }],
})

/** Who may call a route, in words. */
const describeRule = (name: AdminRoute['name']): string => {
  const rule: { readonly who: string; readonly role?: string; readonly stepUp?: boolean } = adminPermissions[name]
  const who = rule.role === undefined ? rule.who : `${rule.role} of the site`
  return `For: ${who.replace('_', ' ')}.${rule.stepUp === true ? ' Needs a recent proof of who you are.' : ''}`
}

const adminOperationOf = (route: AdminRoute) => ({
  operationId: route.name,
  summary: route.summary,
  description: describeRule(route.name),
  parameters: [...pathParameters(route.params.entries), ...queryParameters(route.query)],
  ...(route.body !== undefined && { requestBody: { required: true, content: bodyContent(route.body, false) } }),
  responses: responsesOf(route),
  security: adminPermissions[route.name].who === 'anyone' ? [{}] : [{ session: [] }],
})

const errorCodes = [
  ...Object.entries(errorTable).map(([code, { status }]) => `${code} (${status})`),
  ...Object.entries(adminErrorStatus).map(([code, status]) => `${code} (${status})`),
]

/** The OpenAPI 3.1 document of the API, generated from the route table and the protocol's schemas. */
export const openApiDocument = (): Record<string, unknown> => {
  const paths: Record<string, Record<string, unknown>> = {}
  const add = (path: string, method: string, operation: unknown): void => {
    const name = `/api/v1/${path}`.replaceAll(/:(\w+)/g, '{$1}')
    paths[name] = { ...paths[name], [method.toLowerCase()]: operation }
  }
  for (const route of routes) add(`sites/:site${route.path}`, route.method, operationOf(route))
  for (const route of adminRoutes) add(`admin${route.path}`, route.method, adminOperationOf(route))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Repartee',
      version,
      description: `Real-time comments. Protocol version ${PROTOCOL_VERSION}; the WebSocket at /api/v1/realtime is described in PROTOCOL.md.`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
    components: {
      securitySchemes: {
        reader: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-repartee' },
      },
      responses: {
        Error: {
          description: `One of: ${errorCodes.join(', ')}`,
          content: content(v.union([errorResponseSchema, adminErrorResponseSchema]), 'output'),
        },
      },
    },
  }
}
