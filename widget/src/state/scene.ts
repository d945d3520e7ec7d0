import type { Comment, Sort } from '@repartee/sdk/protocol'
import type { Row } from './row.ts'

/** What of the known comments is drawn. */
export type Scene = {
  readonly sort: Sort
  /** The roots drawn, in the order they were loaded; the newest revealed ones first. */
  readonly shown: readonly string[]
  /** Comments of others that arrived and wait behind the pill. */
  readonly held: ReadonlySet<string>
  /** The reader's comments that may be the ones still being sent; drawn once that is settled. */
  readonly withheld: ReadonlySet<string>
  /** Old replies that changed before they were loaded; drawn when they are loaded with their neighbours. */
  readonly deferred: ReadonlySet<string>
  /** Arrived live, drawn since the last time the reader asked for new ones. */
  readonly fresh: ReadonlySet<string>
  /** The root of the permalink's conversation, when it is not among `shown`. */
  readonly linkedRoot: string | null
  readonly hasMore: boolean
}

export type Arrival = {
  readonly readerId: string | undefined
  /** Whether the end of the list is out of sight below, so that what grows there moves nothing in view. */
  readonly endOutOfSight: boolean
  /** Whether it may be the reader's entry that is being sent, or was without an answer. */
  isUnsettled(comment: Comment): boolean
}

const isDrawn = (scene: Scene, rootId: string): boolean =>
  scene.shown.includes(rootId) || scene.linkedRoot === rootId || scene.held.has(rootId)

/** Whether inserting a root of somebody else moves nothing the reader may be looking at. */
const movesNothing = (scene: Scene, arrival: Arrival): boolean =>
  (scene.shown.length === 0 && !scene.hasMore) || (scene.sort === 'oldest' && arrival.endOutOfSight)

const arrive = (scene: Scene, comment: Comment, arrival: Arrival): Scene => {
  const { id, parentId, rootId } = comment
  const isRoot = parentId === null
  if (comment.author.id === arrival.readerId) {
    if (arrival.isUnsettled(comment)) return { ...scene, withheld: new Set(scene.withheld).add(id) }
    return isRoot ? reveal(scene, [id]) : scene
  }
  // The end of the thread is not loaded yet; loading it will bring the comment.
  if (isRoot && scene.sort === 'oldest' && scene.hasMore) return scene
  if (isRoot && movesNothing(scene, arrival)) return reveal({ ...scene, fresh: new Set(scene.fresh).add(id) }, [id])
  return isRoot || isDrawn(scene, rootId) ? { ...scene, held: new Set(scene.held).add(id) } : scene
}

/** Decide for comments that became visible just now, in order: draw, hold behind the pill, or leave to later pages. */
export const receive = (scene: Scene, added: readonly Comment[], arrival: Arrival): Scene =>
  [...added]
    .sort((a, b) => a.createdSeq - b.createdSeq)
    .reduce((current, comment) => arrive(current, comment, arrival), scene)

/** Draw these roots too. */
export const reveal = (scene: Scene, roots: readonly string[]): Scene => {
  const more = roots.filter((id) => !scene.shown.includes(id))
  return more.length > 0 ? { ...scene, shown: [...more, ...scene.shown] } : scene
}

/** Draw everything held, marked fresh. */
export const showHeld = (scene: Scene, rows: ReadonlyMap<string, Row>): Scene => {
  const roots = [...scene.held].filter((id) => rows.get(id)?.comment?.parentId === null).reverse()
  return reveal({ ...scene, fresh: scene.held, held: new Set() }, roots)
}

/** These ids without those; the same set when nothing is taken away. */
export const without = (ids: ReadonlySet<string>, gone: ReadonlySet<string>): ReadonlySet<string> => {
  const rest = new Set([...ids].filter((id) => !gone.has(id)))
  return rest.size === ids.size ? ids : rest
}

/** Hold these no longer: they are not visible any more, or an answer has brought them by itself. */
export const release = (scene: Scene, ids: ReadonlySet<string>): Scene => ({
  ...scene,
  held: without(scene.held, ids),
  deferred: without(scene.deferred, ids),
})
