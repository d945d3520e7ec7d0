import type { Author, Comment, Snapshot } from '@repartee/sdk'
import { type Entry, isUnconfirmed } from './outbox-entry.ts'
import { mergeComments, mergeThread } from './server-state.ts'
import type { Content } from './view-store.ts'
import { clearHidden } from './visibility.ts'

const pendingEntry = ({ id, parentId, body = '', html, createdAt }: Comment): Entry => ({
  key: id,
  parentId,
  body,
  html,
  state: 'pending',
  error: null,
  createdAt,
  commentId: id,
})

/** Whether a comment of the reader may be one that is still being sent. */
export const mayBeUnconfirmed = (content: Content, comment: Comment): boolean =>
  comment.author.id === content.reader?.id &&
  content.outbox.some((entry) => entry.parentId === comment.parentId && isUnconfirmed(entry))

/** Add one more page to the content. Comments that are already there are not repeated. */
export const mergeSnapshot = (before: Content, snapshot: Snapshot, reader: Author | null): Content => {
  const content = { ...before, reader }
  const { comments, thread, viewer } = snapshot
  const { rows } = content.serverState
  const unconfirmed = comments.filter((comment) => !rows.has(comment.id) && mayBeUnconfirmed(content, comment))
  const shownRoots = new Set(content.shownRoots)
  for (const { id, parentId } of comments) if (parentId === null) shownRoots.add(id)
  return {
    ...content,
    ...clearHidden(content, new Set(comments.map(({ id }) => id))),
    site: snapshot.site,
    serverState: mergeComments(mergeThread(content.serverState, thread), comments, thread.head),
    shownRoots: [...shownRoots],
    unconfirmed: new Set([...content.unconfirmed, ...unconfirmed.map(({ id }) => id)]),
    hasMore: snapshot.next !== null,
    linkedRoot: content.linkedRoot !== null && shownRoots.has(content.linkedRoot) ? null : content.linkedRoot,
    ownReactions: new Map([...content.ownReactions, ...Object.entries(viewer?.reactions ?? {})]),
    outbox: viewer
      ? [...content.outbox.filter(({ state }) => state !== 'pending'), ...viewer.pending.map(pendingEntry)]
      : content.outbox,
  }
}
