import type { Comment, Sort } from '@repartee/sdk/protocol'
import type { Row } from './row.ts'

/** Which of the known comments are drawn. */
export type Visibility = {
  readonly sort: Sort
  /** The roots that are drawn, in the order they were loaded. Roots shown later come first. */
  readonly shownRoots: readonly string[]
  /** New comments of others, queued behind the "N new" pill. */
  readonly queued: ReadonlySet<string>
  /** The reader's comments that may be the ones still being sent. They are drawn once that is known. */
  readonly unconfirmed: ReadonlySet<string>
  /** Old replies that changed before they were loaded. They are drawn when their page is loaded. */
  readonly unloaded: ReadonlySet<string>
  /** Arrived live, and drawn since the reader last asked for new comments. */
  readonly fresh: ReadonlySet<string>
  /** The root of the permalink's conversation, when it is not among `shownRoots`. */
  readonly linkedRoot: string | null
  readonly hasMore: boolean
}

export type ArrivalContext = {
  readonly readerId: string | undefined
  /** Whether the end of the list is below the viewport, so that adding to it moves nothing in view. */
  readonly isEndOutOfSight: boolean
  /** Whether the comment may be an entry of the outbox that is being sent, or got no answer. */
  isUnconfirmed(comment: Comment): boolean
}

const isDrawn = (visibility: Visibility, rootId: string): boolean =>
  visibility.shownRoots.includes(rootId) || visibility.linkedRoot === rootId || visibility.queued.has(rootId)

/** Whether a new root of another author can be inserted without moving anything the reader may be looking at. */
const movesNothing = (visibility: Visibility, context: ArrivalContext): boolean =>
  (visibility.shownRoots.length === 0 && !visibility.hasMore) ||
  (visibility.sort === 'oldest' && context.isEndOutOfSight)

const placeArrival = (visibility: Visibility, comment: Comment, context: ArrivalContext): Visibility => {
  const { id, parentId, rootId } = comment
  const isRoot = parentId === null
  if (comment.author.id === context.readerId) {
    if (context.isUnconfirmed(comment)) return { ...visibility, unconfirmed: new Set(visibility.unconfirmed).add(id) }
    return isRoot ? showRoots(visibility, [id]) : visibility
  }
  // The end of the thread is not loaded yet. Loading it will bring the comment.
  if (isRoot && visibility.sort === 'oldest' && visibility.hasMore) return visibility
  if (isRoot && movesNothing(visibility, context))
    return showRoots({ ...visibility, fresh: new Set(visibility.fresh).add(id) }, [id])
  return isRoot || isDrawn(visibility, rootId)
    ? { ...visibility, queued: new Set(visibility.queued).add(id) }
    : visibility
}

/** Decide about comments that have just become visible: draw them, queue them, or leave them to later pages. */
export const placeArrivals = (
  visibility: Visibility,
  arrived: readonly Comment[],
  context: ArrivalContext,
): Visibility =>
  [...arrived]
    .sort((a, b) => a.createdSeq - b.createdSeq)
    .reduce((current, comment) => placeArrival(current, comment, context), visibility)

/** Draw these roots too. */
export const showRoots = (visibility: Visibility, roots: readonly string[]): Visibility => {
  const added = roots.filter((id) => !visibility.shownRoots.includes(id))
  return added.length > 0 ? { ...visibility, shownRoots: [...added, ...visibility.shownRoots] } : visibility
}

/** Draw every queued comment, marked as fresh. */
export const showQueued = (visibility: Visibility, rows: ReadonlyMap<string, Row>): Visibility => {
  const roots = [...visibility.queued].filter((id) => rows.get(id)?.comment?.parentId === null).reverse()
  return showRoots({ ...visibility, fresh: visibility.queued, queued: new Set() }, roots)
}

/** The ids without the `removed` ones. The same set when there is nothing to remove. */
export const difference = (ids: ReadonlySet<string>, removed: ReadonlySet<string>): ReadonlySet<string> => {
  const rest = new Set([...ids].filter((id) => !removed.has(id)))
  return rest.size === ids.size ? ids : rest
}

/** Hide these comments no longer: they are gone, or a response has brought them. */
export const clearHidden = (visibility: Visibility, ids: ReadonlySet<string>): Visibility => ({
  ...visibility,
  queued: difference(visibility.queued, ids),
  unloaded: difference(visibility.unloaded, ids),
})
