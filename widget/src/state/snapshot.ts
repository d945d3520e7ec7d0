import type { Author, Comment, Snapshot } from '@repartee/sdk'
import { addComments, addThread } from './apply.ts'
import { type Entry, isUnsettled } from './outbox.ts'
import { release } from './scene.ts'
import type { Content } from './store.ts'

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
export const mayBeUnsettled = (content: Content, comment: Comment): boolean =>
  comment.author.id === content.reader?.id &&
  content.outbox.some((entry) => entry.parentId === comment.parentId && isUnsettled(entry))

/** The content with one more page; comments that are already there are not repeated. */
export const addSnapshot = (before: Content, snapshot: Snapshot, reader: Author | null): Content => {
  const content = { ...before, reader }
  const { comments, thread, viewer } = snapshot
  const withheld = comments.filter(({ id }) => !content.facts.rows.has(id)).filter((c) => mayBeUnsettled(content, c))
  const shown = new Set(content.shown)
  for (const { id, parentId } of comments) if (parentId === null) shown.add(id)
  return {
    ...content,
    ...release(content, new Set(comments.map(({ id }) => id))),
    site: snapshot.site,
    facts: addComments(addThread(content.facts, thread), comments, thread.head),
    shown: [...shown],
    withheld: new Set([...content.withheld, ...withheld.map(({ id }) => id)]),
    hasMore: snapshot.next !== null,
    linkedRoot: content.linkedRoot !== null && shown.has(content.linkedRoot) ? null : content.linkedRoot,
    mine: new Map([...content.mine, ...Object.entries(viewer?.reactions ?? {})]),
    outbox: viewer
      ? [...content.outbox.filter(({ state }) => state !== 'pending'), ...viewer.pending.map(pendingEntry)]
      : content.outbox,
  }
}
