import { type CommandInput, type CommandResult, newId, ReparteeError } from '@repartee/sdk/protocol'
import { type Actor, type AuthenticatedActor, isStaff, requireReader } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { digest } from '../digest.ts'
import { normaliseBody } from '../markdown/text.ts'
import { writingRules } from '../rate-rules.ts'
import { ownComment, type StoredComment } from '../stored-comment.ts'
import { moderate } from './moderate.ts'
import { requireOwn } from './require-own.ts'

type Needs = Pick<Deps, 'store' | 'writer' | 'limiter' | 'metrics' | 'now'>

const requireEditable = (deps: Needs, actor: AuthenticatedActor, comment: StoredComment): void => {
  if (comment.deletedAt !== null) throw new ReparteeError('comment_deleted')
  if (isStaff(actor)) return
  if (comment.status === 'rejected' || comment.status === 'spam')
    throw new ReparteeError('forbidden', 'a moderator has decided about this comment')
  const { editWindowMs } = actor.site.settings
  if (editWindowMs === 0 || deps.now() - comment.createdAt > editWindowMs) throw new ReparteeError('edit_window_closed')
}

/**
 * Replace the text of a comment. Its author may within the site's edit window, staff at any time. The same text changes
 * nothing. The new text is moderated like a new comment's, and an edit never approves a pending comment.
 */
export const editComment = async (
  deps: Needs,
  actor: Actor,
  input: CommandInput<'comment.edit'>,
): Promise<CommandResult<'comment.edit'>> => {
  const authenticated = requireReader(actor)
  const { site } = authenticated
  const comment = await requireOwn(deps, authenticated, input.thread, input.comment)
  requireEditable(deps, authenticated, comment)
  const body = normaliseBody(input.body)
  if (body === comment.body) return { comment: ownComment(comment) }
  const { html, status } = moderate(deps, authenticated, {
    body,
    parentId: comment.parentId,
    rate: isStaff(actor)
      ? { allowed: true, retryAfterMs: 0 }
      : await deps.limiter.take(writingRules(authenticated, 'edits')),
    duplicateOf: null,
    approvedCount: comment.status === 'approved' ? 1 : 0,
    edit: true,
  })

  const written = await deps.writer.run(site.id, input.thread, 'edit', async () => {
    // Checked again now that no other change of the thread is in progress: it may be deleted or decided by now.
    const current = await requireOwn(deps, authenticated, input.thread, input.comment)
    requireEditable(deps, authenticated, current)
    const nowAt = deps.now()
    return deps.store.comments.edit({
      siteId: site.id,
      threadId: input.thread,
      id: current.id,
      body,
      html,
      bodyDigest: digest(body),
      status,
      revisionId: newId(nowAt),
      nowAt,
    })
  })
  const edited = written?.comments.find((row) => row.id === input.comment)
  if (edited === undefined) throw new ReparteeError('comment_deleted')
  return { comment: ownComment(edited) }
}
