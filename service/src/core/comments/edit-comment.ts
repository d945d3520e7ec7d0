import { type CommandInput, type CommandResult, newId, ReparteeError } from '@repartee/sdk/protocol'
import { type Actor, isStaff, type KnownActor, requireReader } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { digest } from '../digest.ts'
import { normaliseBody } from '../markdown/text.ts'
import { writingRules } from '../rate-rules.ts'
import { ownComment, type StoredComment } from '../stored-comment.ts'
import { moderate } from './moderate.ts'
import { requireOwn } from './require-own.ts'

type Needs = Pick<Deps, 'store' | 'writer' | 'limiter' | 'metrics' | 'now'>

const requireEditable = (deps: Needs, actor: KnownActor, comment: StoredComment): void => {
  if (comment.deletedAt !== null) throw new ReparteeError('comment_deleted')
  if (isStaff(actor)) return
  if (comment.status === 'rejected' || comment.status === 'spam')
    throw new ReparteeError('forbidden', 'a moderator has decided on it')
  const { editWindowMs } = actor.site.settings
  if (editWindowMs === 0 || deps.now() - comment.createdAt > editWindowMs) throw new ReparteeError('edit_window_closed')
}

/**
 * Replace the text of a comment: its author within the site's edit window, staff at any time. The same text changes
 * nothing. The new text is judged like a new comment's, and never gets one shown that waits for approval.
 */
export const editComment = async (
  deps: Needs,
  actor: Actor,
  input: CommandInput<'comment.edit'>,
): Promise<CommandResult<'comment.edit'>> => {
  const known = requireReader(actor)
  const { site } = known
  const comment = await requireOwn(deps, known, input.thread, input.comment)
  requireEditable(deps, known, comment)
  const body = normaliseBody(input.body)
  if (body === comment.body) return { comment: ownComment(comment) }
  const { html, status: verdict } = moderate(deps, known, {
    body,
    parentId: comment.parentId,
    rate: isStaff(known) ? { allowed: true, retryAfterMs: 0 } : await deps.limiter.take(writingRules(known, 'edits')),
    duplicateOf: null,
    approvedCount: comment.status === 'approved' ? 1 : 0,
    edit: true,
  })

  const written = await deps.writer.run(site.id, input.thread, 'edit', async () => {
    // Asked again in the change's own turn: what was decided or deleted before it is no longer its author's to edit.
    const current = await requireOwn(deps, known, input.thread, input.comment)
    requireEditable(deps, known, current)
    const nowAt = deps.now()
    return deps.store.comments.edit({
      siteId: site.id,
      threadId: input.thread,
      id: current.id,
      body,
      html,
      bodyDigest: digest(body),
      status: verdict,
      revisionId: newId(nowAt),
      nowAt,
    })
  })
  const edited = written?.comments.find((row) => row.id === input.comment)
  if (edited === undefined) throw new ReparteeError('comment_deleted')
  return { comment: ownComment(edited) }
}
