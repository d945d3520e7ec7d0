import type { Row } from './row.ts'
import { reveal, type Scene, without } from './scene.ts'

/** Draw the reader's withheld comments with these ids: it is settled which comment his entry became. */
export const settle = (scene: Scene, rows: ReadonlyMap<string, Row>, ids: ReadonlySet<string>): Scene =>
  reveal(
    { ...scene, withheld: without(scene.withheld, ids) },
    [...ids].filter((id) => rows.get(id)?.comment?.parentId === null),
  )
