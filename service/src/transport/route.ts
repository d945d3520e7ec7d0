import type * as v from 'valibot'
import type { Actor } from '../core/actor.ts'
import type { Deps } from '../core/deps.ts'
import type { Hub } from '../realtime/hub.ts'

export type RouteContext<Q, B> = {
  readonly deps: Deps
  readonly hub: Hub
  readonly actor: Actor
  readonly query: Q
  readonly body: B
  /** Path parameters by name, percent-decoded. */
  readonly params: Readonly<Record<string, string>>
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

export type Answer = { readonly status: number; readonly data: unknown }

/** One URL of the API: what it takes, what it responses, what it does. The OpenAPI document is made from these. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below /api/v1/sites/{site}; parameters as `:name`. */
  readonly path: string
  /** Stable name: the operation id and the metrics label. */
  readonly name: string
  readonly summary: string
  readonly query?: v.GenericSchema
  readonly body?: v.GenericSchema
  /** Takes its JSON as text/plain too: all that navigator.sendBeacon can send to another origin without a preflight. */
  readonly beacon?: true
  /** Success responses by status; `null` has no content. */
  readonly responses: Readonly<Record<number, v.GenericSchema | null>>
  run(context: RouteContext<unknown, unknown>): Promise<Answer>
}

/** Type a route's query and body from its schemas. */
export const route = <
  Q extends v.GenericSchema | undefined = undefined,
  B extends v.GenericSchema | undefined = undefined,
>(
  definition: Omit<Route, 'query' | 'body' | 'run'> & {
    query?: Q
    body?: B
    run(
      context: RouteContext<
        Q extends v.GenericSchema ? v.InferOutput<Q> : undefined,
        B extends v.GenericSchema ? v.InferOutput<B> : undefined
      >,
    ): Promise<Answer>
  },
): Route => definition as Route
