import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** The parts of JSON Schema that Kubernetes and custom resource definitions use. */
export type Schema = {
  readonly $ref?: string
  readonly allOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly nullable?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[]
}
type Definitions = Readonly<Record<string, Schema>>
type Kind = { readonly schema: Schema; readonly definitions: Definitions }
export type Schemas = ReadonlyMap<string, Kind>

type CustomResource = {
  spec: {
    group: string
    names: { kind: string }
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[]
  }
}

/** Schemas of all built-in resources, by `apiVersion kind`, from a folder of OpenAPI documents. */
export const readBuiltIn = (folder: string): Schemas => {
  const kinds = new Map<string, Kind>()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.json'),
  )) {
    const { components } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as {
      components?: { schemas?: Definitions }
    }
    const definitions = components?.schemas ?? {}
    for (const schema of Object.values(definitions))
      for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? [])
        kinds.set(`${group === '' ? '' : `${group}/`}${version} ${kind}`, { schema, definitions })
  }
  return kinds
}

/** Schemas of custom resources, from a folder of their definitions; metadata comes from the built-in schemas. */
export const readCustom = (folder: string, builtIn: Schemas): Schemas => {
  const definitions = builtIn.get('v1 ConfigMap')?.definitions ?? {}
  const metadata: Schema = { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }
  const kinds = new Map<string, Kind>()
  if (!existsSync(folder)) return kinds
  for (const file of readdirSync(folder)) {
    const { spec } = parse(readFileSync(join(folder, file), 'utf8')) as CustomResource
    for (const { name, schema } of spec.versions) {
      const whole = schema.openAPIV3Schema
      kinds.set(`${spec.group}/${name} ${spec.names.kind}`, {
        schema: { ...whole, properties: { ...whole.properties, metadata } },
        definitions,
      })
    }
  }
  return kinds
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}
const isOfType = (value: unknown, type: string): boolean =>
  typeOf(value) === type || (type === 'number' && typeOf(value) === 'integer')

const faults = (schema: Schema, value: unknown, path: string, definitions: Definitions): string[] => {
  if (schema.$ref !== undefined) {
    const target = definitions[schema.$ref.replace('#/components/schemas/', '')]
    return target === undefined ? [`${path}: no schema ${schema.$ref}`] : faults(target, value, path, definitions)
  }
  if (schema.allOf !== undefined && schema.properties === undefined)
    return schema.allOf.flatMap((part) => faults(part, value, path, definitions))
  if (schema['x-kubernetes-int-or-string'] === true)
    return ['integer', 'string'].includes(typeOf(value)) ? [] : [`${path}: expected a number or a string`]
  if (schema.oneOf !== undefined && schema.type === undefined)
    return schema.oneOf.some((part) => faults(part, value, path, definitions).length === 0)
      ? []
      : [`${path}: fits none of what is allowed`]
  if (value === null && schema.nullable === true) return []
  if (schema.type !== undefined && !isOfType(value, schema.type))
    return [`${path}: expected ${schema.type}, found ${typeOf(value)}`]
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${path}: expected ${schema.enum.join(', ')}`]
  if (typeof value === 'string' && schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
    return [`${path}: does not match ${schema.pattern}`]
  if (typeof value === 'number' && (value < (schema.minimum ?? value) || value > (schema.maximum ?? value)))
    return [`${path}: out of range`]
  if (Array.isArray(value))
    return value.flatMap((item, index) => faults(schema.items ?? {}, item, `${path}[${index}]`, definitions))
  if (typeof value !== 'object' || value === null) return []
  const fields = Object.entries(value)
  const missing = (schema.required ?? []).filter((name) => !fields.some(([field]) => field === name))
  return [
    ...missing.map((name) => `${path}.${name}: missing`),
    ...fields.flatMap(([name, inner]) => {
      const own = schema.properties?.[name] ?? schema.additionalProperties
      if (typeof own === 'object') return faults(own, inner, `${path}.${name}`, definitions)
      const open = own === true || schema.properties === undefined || schema['x-kubernetes-preserve-unknown-fields']
      return open === true ? [] : [`${path}.${name}: unknown field`]
    }),
  ]
}

/** Problems of a resource: unknown or missing fields and wrong types. Empty if there are none. */
export const judgeResource = (schemas: Schemas, resource: { apiVersion: string; kind: string }): string[] => {
  const name = `${resource.apiVersion} ${resource.kind}`
  const found = schemas.get(name)
  return found === undefined ? [`${name}: unknown kind`] : faults(found.schema, resource, name, found.definitions)
}
