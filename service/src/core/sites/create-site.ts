import { randomBytes } from 'node:crypto'
import { newId, ReparteeError, siteKeySchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import type { Deps } from '../deps.ts'
import type { Site } from '../site.ts'
import { cleanOrigins } from './clean-origins.ts'
import { cleanSiteName, parseSettings } from './site-input.ts'

/** A new site; its key is random if none is given. */
export type NewSite = {
  readonly name: string
  readonly origins: readonly string[]
  readonly settings?: unknown
  readonly key?: string
  /** Who owns it. Without one it waits for the installation's operator. */
  readonly organisationId?: string | null
}

/** Create a site. The caller has checked who may. */
export const createSite = async (
  deps: Pick<Deps, 'store' | 'siteCache' | 'dashboard' | 'now'>,
  input: NewSite,
): Promise<Site> => {
  const publicKey = input.key ?? `s${randomBytes(8).toString('hex')}`
  if (!v.is(siteKeySchema, publicKey))
    throw new ReparteeError('invalid_request', 'key: expected 2 to 40 characters from a-z, 0-9, - and _')
  const nowAt = deps.now()
  const site = await deps.store.sites.create({
    id: newId(nowAt),
    publicKey,
    name: cleanSiteName(input.name),
    origins: cleanOrigins(input.origins, deps.dashboard.isAt),
    settings: parseSettings(input.settings ?? {}),
    version: 1,
    partVersions: {},
    organisationId: input.organisationId ?? null,
    createdAt: nowAt,
    deletesAt: null,
  })
  if (site === null) throw new ReparteeError('invalid_request', `key: ${publicKey} is taken`)
  deps.siteCache.forget(publicKey)
  return site
}
