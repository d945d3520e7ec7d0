import { ReparteeError } from '@repartee/sdk/protocol'
import type { Reader } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { cleanName } from './clean-name.ts'

/**
 * The name a new comment shows. It is the stored one, since a token can be older than the last rename. A guest who asks
 * for another name is renamed.
 */
export const resolveAuthorName = async (
  deps: Pick<Deps, 'store'>,
  siteId: string,
  author: Reader | null,
  requested: string | undefined,
): Promise<string> => {
  if (author === null) throw new ReparteeError('token_invalid', 'this reader no longer exists')
  if (requested === undefined) return author.name
  const name = cleanName(requested)
  if (name === author.name) return name
  if (author.role !== 'guest') throw new ReparteeError('forbidden', 'only guests choose a name with a comment')
  await deps.store.authors.rename(siteId, author.id, name)
  return name
}
