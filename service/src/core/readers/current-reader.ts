import { ReparteeError } from '@repartee/sdk/protocol'
import type { KnownActor, Reader } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { cleanName } from './clean-name.ts'

/**
 * The reader as the store knows him now, under the new name if a guest asks for one: a token may be some minutes
 * older than the last rename.
 */
export const currentReader = async (
  deps: Pick<Deps, 'store'>,
  actor: KnownActor,
  newName: string | undefined,
): Promise<Reader> => {
  const siteId = actor.site.id
  const reader = await deps.store.authors.find(siteId, actor.reader.id)
  if (reader === null) throw new ReparteeError('token_invalid', 'this reader is not known any more')
  if (newName === undefined) return reader
  const name = cleanName(newName)
  if (name === reader.name) return reader
  if (reader.role !== 'guest') throw new ReparteeError('forbidden', 'only guests choose a name with a comment')
  await deps.store.authors.rename(siteId, reader.id, name)
  return { ...reader, name }
}
