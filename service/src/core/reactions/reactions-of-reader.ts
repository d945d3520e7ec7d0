import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'

/** The actor's own reactions to some comments, by comment id; `null` while nobody is signed in. */
export const reactionsOf = async (
  deps: Pick<Deps, 'store'>,
  actor: Actor,
  threadId: string,
  comments: readonly { readonly id: string }[],
): Promise<Record<string, string[]> | null> => {
  if (actor.reader === null) return null
  if (comments.length === 0) return {}
  const ids = comments.map((comment) => comment.id)
  return deps.store.reactions.mine(actor.site.id, threadId, actor.reader.id, ids)
}
