import { type CommandInput, type CommandResult, ReparteeError } from '@repartee/sdk/protocol'
import { type Actor, requireReader } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { enforceRateLimit, reactionRules } from '../rate-rules.ts'
import { requireGuestsAllowed } from '../readers/guests-allowed.ts'

/**
 * Add or remove a reader's reaction to a listed comment. Idempotent. A kind the site no longer offers can still be
 * removed.
 */
export const setReaction = async (
  deps: Pick<Deps, 'store' | 'writer' | 'limiter' | 'metrics' | 'now'>,
  actor: Actor,
  input: CommandInput<'reaction.add'> & { on: boolean },
): Promise<CommandResult<'reaction.add'>> => {
  const authenticated = requireReader(actor)
  requireGuestsAllowed(authenticated)
  const { site, reader } = authenticated
  const { thread: threadId, comment: commentId, kind, on } = input
  if (on && !site.settings.reactions.includes(kind)) throw new ReparteeError('unknown_reaction')
  await enforceRateLimit(deps, 'reactions', reactionRules(authenticated))

  const siteId = site.id
  const written = await deps.writer.run(siteId, threadId, 'reaction', () =>
    deps.store.reactions.set({ siteId, threadId, commentId, authorId: reader.id, kind, on, nowAt: deps.now() }),
  )
  const comment =
    written?.comments.find((row) => row.id === commentId) ??
    (await deps.store.comments.find(siteId, threadId, commentId))
  if (!comment?.listed) throw new ReparteeError('comment_not_found')
  if (comment.deletedAt !== null) throw new ReparteeError('comment_deleted')
  const kinds = await deps.store.reactions.byAuthor(siteId, threadId, reader.id, [commentId])
  return {
    comment: commentId,
    seq: comment.seq,
    reactions: { ...comment.reactions },
    mine: kinds[commentId] ?? [],
  }
}
