import { ReparteeError } from '@repartee/sdk/protocol'
import { type Actor, isStaff } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { checkOrigin, isAllowedOrigin } from './check-origin.ts'
import { resolveSite } from './resolve-site.ts'

/** What a transport knows about the sender of a request. */
export type AccessRequest = {
  readonly siteKey: string
  /** The `Origin` header; `null` when it is absent. */
  readonly origin: string | null
  /** The `Host` header. */
  readonly host: string
  /** The bearer token; `null` when there is none. */
  readonly token: string | null
  readonly network: string
}

/** Identify who acts on which site. Refuses unknown sites, origins that are not allowed, and invalid tokens. */
export const authorize = async (
  deps: Pick<Deps, 'store' | 'siteCache' | 'tokens' | 'beacons'>,
  request: AccessRequest,
): Promise<Actor> => {
  const site = await resolveSite(deps, request.siteKey)
  const { origin, host, network } = request
  // Its owner is told which pages ask in vain.
  if (origin !== null && !isAllowedOrigin(site.origins, origin, host)) deps.beacons.refused(site.id, origin)
  checkOrigin(site.origins, origin, host)
  const visitor: Actor = { site, reader: null, network, host, origin }
  if (request.token === null) return visitor
  const { reader, expiresAt } = await deps.tokens.verify(site.publicKey, request.token)
  const actor: Actor = { ...visitor, reader, expiresAt }
  // Any script of the host page can read a reader's token, so it never grants moderation rights.
  if (isStaff(actor)) throw new ReparteeError('token_invalid', 'reader tokens carry no moderation rights')
  return actor
}
