import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'

/** The actor's own reactions to some comments, by comment id; `null` when nobody is signed in. */
export const readerReactions = async (
  deps: Pick<Deps, 'store'>,
  actor: Actor,
  threadId: string,
  comments: readonly { readonly id: string }[],
): Promise<Record<string, string[]> | null> => {
  if (actor.reader === null) return null
  if (comments.length === 0) return {}
  const ids = comments.map((comment) => comment.id)
  return deps.store.reactions.byAuthor(actor.site.id, threadId, actor.reader.id, ids)
}
