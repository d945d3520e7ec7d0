import { ReparteeError, type Role } from '@repartee/sdk/protocol'
import type { Site } from './site.ts'

/** Someone with an identity on one site. */
export type Reader = {
  readonly id: string
  readonly name: string
  readonly role: Role
}

/** Who performs a request, where, and from which network. */
export type Actor = {
  readonly site: Site
  /** `null` when nobody is signed in. */
  readonly reader: Reader | null
  /** The client's network prefix (/32 or /64), for rate limits only; never stored or shown. */
  readonly network: string
  /** The request's `Origin`; `null` when it has none. */
  readonly origin?: string | null
  /** The request's `Host`, which the allowed origin `self` stands for. */
  readonly host?: string
  /** When the reader's token expires; a connection may outlive it. */
  readonly expiresAt?: number
}

/** An actor with an identity. */
export type AuthenticatedActor = Actor & { readonly reader: Reader }

/** Refuse actors without an identity. */
export const requireReader = (actor: Actor): AuthenticatedActor => {
  if (actor.reader === null) throw new ReparteeError('unauthenticated', 'a reader token is required')
  return { ...actor, reader: actor.reader }
}

const staff: ReadonlySet<Role> = new Set<Role>(['moderator', 'admin', 'owner'])

/** Whether the actor may read and review what others wrote. */
export const isStaff = (actor: Actor): boolean => actor.reader !== null && staff.has(actor.reader.role)
