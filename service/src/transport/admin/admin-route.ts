import type * as v from 'valibot'
import type { AdminActor, AdminVisitor, SiteActor } from '../../core/access/admin-actor.ts'
import type { AdminRouteName, adminPermissions } from '../../core/access/admin-permissions.ts'
import type { SessionSecret } from '../../core/accounts/open-session.ts'
import type { Deps } from '../../core/deps.ts'
import { type CheckedPath, type ParamsOf, type PathParameters, pathParameters } from '../path-parameters.ts'

export type AdminResult = {
  readonly status: number
  readonly data: unknown
  /** The body in parts, instead of `data`; `headers` name its type. */
  readonly stream?: AsyncIterable<string>
  /** A session to keep in the browser from now on, or `null` to end the one it has. */
  readonly session?: SessionSecret | null
  /** Proof that this browser has signed in, to keep. */
  readonly knownDevice?: string | null
  /** More headers of the reply. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The actor a rule promises: for `anyone` there may be none. */
type ActorFor<N extends AdminRouteName> = (typeof adminPermissions)[N]['who'] extends 'anyone'
  ? AdminActor | null
  : (typeof adminPermissions)[N]['who'] extends 'site'
    ? SiteActor
    : AdminActor

export type AdminContext<A, P, Q, B> = {
  readonly deps: Deps
  readonly visitor: AdminVisitor
  readonly actor: A
  readonly params: P
  readonly query: Q
  readonly body: B
}

/** One operation of the admin API. Who may call it stands in `adminPermissions` under its name. */
export type AdminRoute = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below /api/v1/admin; parameters as `:name`. */
  readonly path: string
  readonly params: PathParameters
  readonly name: AdminRouteName
  readonly summary: string
  readonly query?: v.GenericSchema
  readonly body?: v.GenericSchema
  /** The data of each success status; `null` for none. */
  readonly responses: Readonly<Record<number, v.GenericSchema | null>>
  run(context: AdminContext<unknown, unknown, unknown, unknown>): Promise<AdminResult>
}

/** Define a route of the admin API; its name, path, query and body give `run` the types of what it gets. */
export const adminRoute = <
  const N extends AdminRouteName,
  const P extends string,
  Q extends v.GenericSchema | undefined = undefined,
  B extends v.GenericSchema | undefined = undefined,
>(
  definition: Omit<AdminRoute, 'name' | 'path' | 'params' | 'query' | 'body' | 'run'> & {
    name: N
    path: P & CheckedPath<P>
    query?: Q
    body?: B
    run(
      context: AdminContext<
        ActorFor<N>,
        ParamsOf<P>,
        Q extends v.GenericSchema ? v.InferOutput<Q> : undefined,
        B extends v.GenericSchema ? v.InferOutput<B> : undefined
      >,
    ): Promise<AdminResult>
  },
): AdminRoute => ({ ...definition, params: pathParameters(definition.path) }) as AdminRoute
