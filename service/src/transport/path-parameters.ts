import { idSchema, parseInput, ReparteeError, reactionKindSchema, siteKeySchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'

/** Every parameter a path may name, with the schema of its value. */
const schemas = {
  thread: idSchema,
  comment: idSchema,
  kind: reactionKindSchema,
  site: siteKeySchema,
  session: idSchema,
  mail: idSchema,
  /** A credential id of at most 1,023 bytes (WebAuthn §4). */
  passkey: v.pipe(v.string(), v.regex(/^[\w-]{1,1364}$/, 'a passkey id')),
  invitation: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'an invitation id')),
}

type ParameterName = keyof typeof schemas

type NamesIn<P extends string> = P extends `${infer Segment}/${infer Rest}`
  ? NamesIn<Segment> | NamesIn<Rest>
  : P extends `:${infer Name}`
    ? Name
    : never

/** The path itself; `never` when it names a parameter without a schema. */
export type CheckedPath<P extends string> = NamesIn<P> extends ParameterName ? P : never

/** What a path's parameters are once parsed, by name. */
export type ParamsOf<P extends string> = {
  readonly [N in NamesIn<P> & ParameterName]: v.InferOutput<(typeof schemas)[N]>
}

/** The parameters of one path, in the order they have there. */
export type PathParameters = v.ObjectSchema<Record<string, v.GenericSchema<string, string>>, undefined>

const isParameterName = (name: string): name is ParameterName => Object.hasOwn(schemas, name)

/** The schema of a path's parameters: `/threads/:thread/changes` takes `thread`. */
export const pathParameters = (path: string): PathParameters =>
  v.object(
    Object.fromEntries(
      Array.from(path.matchAll(/:(\w+)/g), ([, name = '']) => {
        if (!isParameterName(name)) throw new Error(`the path parameter ${name} has no schema`)
        return [name, schemas[name]]
      }),
    ),
  )

/** Undo the percent-encoding of one segment of a path. */
export const decodeSegment = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new ReparteeError('invalid_request', 'path: not percent-encoded UTF-8')
  }
}

/** Parse the segments that stand for a path's parameters. */
export const parseParams = (parameters: PathParameters, segments: readonly string[]): Record<string, string> =>
  parseInput(
    parameters,
    Object.fromEntries(
      Object.keys(parameters.entries).map((name, index) => [name, decodeSegment(segments[index] ?? '')]),
    ),
  )
