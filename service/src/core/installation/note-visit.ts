import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { cleanUrl } from '../threads/page-metadata.ts'

/** The page without its query, in which there may be what concerns only this reader. */
const pageOf = (actor: Actor, origin: string, raw: string | undefined): string => {
  const clean = cleanUrl(actor, raw)
  if (clean === '') return ''
  const url = new URL(clean)
  url.search = ''
  return url.origin === origin ? url.href : ''
}

/** Remember that a page of this origin shows comments, for the owner's question whether they are installed. */
export const noteVisit = (deps: Pick<Deps, 'beacons'>, actor: Actor, url: string | undefined): void => {
  const origin = actor.origin ?? null
  if (origin !== null) deps.beacons.seen(actor.site.id, origin, pageOf(actor, origin, url))
}
