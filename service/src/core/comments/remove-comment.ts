import { type CommandInput, type CommandResult, ReparteeError } from '@repartee/sdk/protocol'
import { type Actor, requireReader } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { publicComment, type StoredComment } from '../stored-comment.ts'
import { requireOwn } from './require-own.ts'

/** Delete a comment; its author and staff may at any time. Idempotent. */
export const removeComment = async (
  deps: Pick<Deps, 'store' | 'writer' | 'now'>,
  actor: Actor,
  input: CommandInput<'comment.delete'>,
): Promise<CommandResult<'comment.delete'>> => {
  const authenticated = requireReader(actor)
  const { thread: threadId, comment: id } = input
  const siteId = authenticated.site.id
  const comment = await requireOwn(deps, authenticated, threadId, id)
  if (comment.deletedAt !== null) return toResult(comment)
  const written = await deps.writer.run(siteId, threadId, 'delete', () =>
    deps.store.comments.remove({ siteId, threadId, id, nowAt: deps.now() }),
  )
  const removed =
    written?.comments.find((row) => row.id === id) ?? (await deps.store.comments.find(siteId, threadId, id))
  if (removed === null) throw new ReparteeError('comment_not_found')
  return toResult(removed)
}

const toResult = (removed: StoredComment): CommandResult<'comment.delete'> => ({
  id: removed.id,
  seq: removed.seq,
  tombstone: removed.listed ? publicComment(removed) : null,
})
