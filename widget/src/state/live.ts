import type { Delta } from '@repartee/sdk'
import { applyDelta } from './apply.ts'
import { type Arrival, receive, release, type Scene } from './scene.ts'
import { mayBeUnsettled } from './snapshot.ts'
import type { Content } from './store.ts'

/** What content needs from outside to take in what arrives. */
export const arrivalOf = (content: Content, endOutOfSight: boolean): Arrival => ({
  readerId: content.reader?.id,
  endOutOfSight,
  isUnsettled: (comment) => mayBeUnsettled(content, comment),
})

/** The content after a live delta: changes apply in place, comments of others wait unless they move nothing. */
export const receiveDelta = (before: Content, delta: Delta, endOutOfSight: boolean): Content => {
  const facts = applyDelta(before.facts, delta)
  const added = new Map<string, boolean>()
  const gone = new Set<string>()
  for (const change of delta.changes) {
    if (change.type === 'comment.gone') gone.add(change.id)
    if (change.type !== 'comment') continue
    const { id, createdSeq, editedAt, deletedAt } = change.comment
    if (before.facts.rows.get(id)?.comment) continue
    // Not seen before but not new either: it stands on a page that is not loaded. Approval makes an old one new.
    added.set(id, deletedAt === undefined && (createdSeq > delta.from || editedAt === undefined))
  }
  const known = [...added].flatMap(([id, isNew]) => {
    const comment = facts.rows.get(id)?.comment
    return comment ? [{ comment, isNew }] : []
  })
  const scene: Scene = {
    ...release(before, gone),
    deferred: new Set([...before.deferred, ...known.filter(({ isNew }) => !isNew).map(({ comment }) => comment.id)]),
  }
  const arrived = known.filter(({ isNew }) => isNew).map(({ comment }) => comment)
  return {
    ...before,
    ...receive(scene, arrived, arrivalOf(before, endOutOfSight)),
    facts,
    // What waited for approval stands in its place now.
    outbox: before.outbox.some(({ commentId }) => commentId !== null && added.has(commentId))
      ? before.outbox.filter(({ commentId }) => commentId === null || !added.has(commentId))
      : before.outbox,
  }
}
