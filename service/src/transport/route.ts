import type * as v from 'valibot'
import type { Actor } from '../core/actor.ts'
import type { Deps } from '../core/deps.ts'
import type { Hub } from '../realtime/hub.ts'
import { type CheckedPath, type ParamsOf, type PathParameters, pathParameters } from './path-parameters.ts'

export type RouteContext<P, Q, B> = {
  readonly deps: Deps
  readonly hub: Hub
  readonly actor: Actor
  readonly params: P
  readonly query: Q
  readonly body: B
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal
}

export type RouteResult = { readonly status: number; readonly data: unknown }

/** One operation of the API: what it takes, what it does and how it answers. The OpenAPI document is made from these. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below /api/v1/sites/{site}; parameters as `:name`. */
  readonly path: string
  /** The parameters in `path`. */
  readonly params: PathParameters
  /** A stable name: the operation id and the metrics label. */
  readonly name: string
  readonly summary: string
  readonly query?: v.GenericSchema
  /** Query parameters that may be repeated. */
  readonly lists?: readonly string[]
  readonly body?: v.GenericSchema
  /** Accepts its JSON as text/plain too, which is all navigator.sendBeacon can send to another origin without a preflight. */
  readonly beacon?: true
  /** The data of each success status; `null` for none. */
  readonly responses: Readonly<Record<number, v.GenericSchema | null>>
  run(context: RouteContext<unknown, unknown, unknown>): Promise<RouteResult>
}

/** Define a route; its path, query and body give `run` the types of what it gets. */
export const route = <
  const P extends string,
  Q extends v.GenericSchema | undefined = undefined,
  B extends v.GenericSchema | undefined = undefined,
>(
  definition: Omit<Route, 'path' | 'params' | 'query' | 'body' | 'run'> & {
    path: P & CheckedPath<P>
    query?: Q
    body?: B
    run(
      context: RouteContext<
        ParamsOf<P>,
        Q extends v.GenericSchema ? v.InferOutput<Q> : undefined,
        B extends v.GenericSchema ? v.InferOutput<B> : undefined
      >,
    ): Promise<RouteResult>
  },
): Route => ({ ...definition, params: pathParameters(definition.path) }) as Route
