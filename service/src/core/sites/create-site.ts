import { randomBytes } from 'node:crypto'
import { newId, ReparteeError, siteKeySchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import type { Deps } from '../deps.ts'
import type { Site } from '../site.ts'
import { cleanOrigins } from './clean-origins.ts'
import { cleanSiteName, parseSettings } from './site-input.ts'

/** What a new site is made of; without a key it gets a random one. */
export type NewSite = {
  readonly name: string
  readonly origins: readonly string[]
  readonly settings?: unknown
  readonly key?: string
}

/** Register a site. Operators only: no reader's request leads here. */
export const createSite = async (deps: Pick<Deps, 'store' | 'siteCache' | 'now'>, input: NewSite): Promise<Site> => {
  const publicKey = input.key ?? `s${randomBytes(8).toString('hex')}`
  if (!v.is(siteKeySchema, publicKey))
    throw new ReparteeError('invalid_request', 'key: expected 2 to 40 of a-z, 0-9, - and _')
  const nowAt = deps.now()
  const site = await deps.store.sites.create({
    id: newId(nowAt),
    publicKey,
    name: cleanSiteName(input.name),
    origins: cleanOrigins(input.origins),
    settings: parseSettings(input.settings ?? {}),
    createdAt: nowAt,
  })
  if (site === null) throw new ReparteeError('invalid_request', `key: ${publicKey} is taken`)
  deps.siteCache.forget(publicKey)
  return site
}
