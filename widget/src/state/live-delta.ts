import type { Delta } from '@repartee/sdk'
import { mayBeUnconfirmed } from './merge-snapshot.ts'
import { applyDelta } from './server-state.ts'
import type { Content } from './view-store.ts'
import { type ArrivalContext, clearHidden, placeArrivals, type Visibility } from './visibility.ts'

/** What has to be known about the content to place new comments in it. */
export const arrivalContext = (content: Content, isEndOutOfSight: boolean): ArrivalContext => ({
  readerId: content.reader?.id,
  isEndOutOfSight,
  isUnconfirmed: (comment) => mayBeUnconfirmed(content, comment),
})

/** The content after a live delta. Changes apply in place; new comments of others are queued unless they move nothing. */
export const applyLiveDelta = (before: Content, delta: Delta, isEndOutOfSight: boolean): Content => {
  const serverState = applyDelta(before.serverState, delta)
  const added = new Map<string, boolean>()
  const gone = new Set<string>()
  for (const change of delta.changes) {
    if (change.type === 'comment.gone') gone.add(change.id)
    if (change.type !== 'comment') continue
    const { id, createdSeq, editedAt, deletedAt } = change.comment
    if (before.serverState.rows.get(id)?.comment) continue
    // An old comment that was edited or deleted belongs to a page that is not loaded. An approved one counts as new.
    added.set(id, deletedAt === undefined && (createdSeq > delta.from || editedAt === undefined))
  }
  const known = [...added].flatMap(([id, isNew]) => {
    const comment = serverState.rows.get(id)?.comment
    return comment ? [{ comment, isNew }] : []
  })
  const visibility: Visibility = {
    ...clearHidden(before, gone),
    unloaded: new Set([...before.unloaded, ...known.filter(({ isNew }) => !isNew).map(({ comment }) => comment.id)]),
  }
  const arrived = known.filter(({ isNew }) => isNew).map(({ comment }) => comment)
  return {
    ...before,
    ...placeArrivals(visibility, arrived, arrivalContext(before, isEndOutOfSight)),
    serverState,
    // An entry that awaited approval is drawn as a comment now.
    outbox: before.outbox.some(({ commentId }) => commentId !== null && added.has(commentId))
      ? before.outbox.filter(({ commentId }) => commentId === null || !added.has(commentId))
      : before.outbox,
  }
}
