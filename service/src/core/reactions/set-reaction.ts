import { type CommandInput, type CommandResult, ReparteeError } from '@repartee/sdk/protocol'
import { type Actor, requireReader } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { reactionRules, takeRate } from '../rate-rules.ts'
import { requireGuestsAllowed } from '../readers/guests-allowed.ts'

/**
 * Add or take back one reader's reaction to a comment others can see. Saying it twice changes nothing. A kind the site
 * no longer offers can still be taken back.
 */
export const setReaction = async (
  deps: Pick<Deps, 'store' | 'writer' | 'limiter' | 'metrics' | 'now'>,
  actor: Actor,
  input: CommandInput<'reaction.add'> & { on: boolean },
): Promise<CommandResult<'reaction.add'>> => {
  const known = requireReader(actor)
  requireGuestsAllowed(known)
  const { site, reader } = known
  const { thread: threadId, comment: commentId, kind, on } = input
  if (on && !site.settings.reactions.includes(kind)) throw new ReparteeError('unknown_reaction')
  await takeRate(deps, 'reactions', reactionRules(known))

  const siteId = site.id
  const written = await deps.writer.run(siteId, threadId, 'reaction', () =>
    deps.store.reactions.set({ siteId, threadId, commentId, authorId: reader.id, kind, on, nowAt: deps.now() }),
  )
  const comment =
    written?.comments.find((row) => row.id === commentId) ??
    (await deps.store.comments.find(siteId, threadId, commentId))
  if (!comment?.listed) throw new ReparteeError('comment_not_found')
  if (comment.deletedAt !== null) throw new ReparteeError('comment_deleted')
  const mine = await deps.store.reactions.mine(siteId, threadId, reader.id, [commentId])
  return {
    comment: commentId,
    seq: comment.seq,
    reactions: { ...comment.reactions },
    mine: mine[commentId] ?? [],
  }
}
