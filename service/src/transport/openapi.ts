import { errorResponseSchema, errorTable, PROTOCOL_VERSION, siteKeySchema } from '@repartee/sdk/protocol'
import { toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import { version } from '../core/service-version.ts'
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

const pathParameters = (route: Route) =>
  Object.entries({ site: siteKeySchema, ...route.params.entries }).map(([name, value]) => ({
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

const operationOf = (route: Route) => ({
  operationId: route.name,
  summary: route.summary,
  parameters: [...pathParameters(route), ...queryParameters(route.query)],
  ...(route.body !== undefined && {
    requestBody: { required: true, content: bodyContent(route.body, route.beacon === true) },
  }),
  responses: {
    ...Object.fromEntries(
      Object.entries(route.responses).map(([status, data]) => [
        status,
        { description: route.summary, ...(data !== null && { content: content(data, 'output') }) },
      ]),
    ),
    default: { $ref: '#/components/responses/Error' },
  },
  security: [{}, { reader: [] }],
})

/** The OpenAPI 3.1 document of the API, generated from the route table and the protocol's schemas. */
export const openApiDocument = (): Record<string, unknown> => {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = `/api/v1/sites/{site}${route.path.replaceAll(/:(\w+)/g, '{$1}')}`
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
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
      securitySchemes: { reader: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: {
        Error: {
          description: `One of: ${Object.entries(errorTable)
            .map(([code, { status }]) => `${code} (${status})`)
            .join(', ')}`,
          content: content(errorResponseSchema, 'output'),
        },
      },
    },
  }
}
