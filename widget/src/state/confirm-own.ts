import type { Row } from './row.ts'
import { difference, showRoots, type Visibility } from './visibility.ts'

/** Draw the reader's unconfirmed comments with these ids: it is known now which outbox entry each of them was. */
export const confirmOwn = (
  visibility: Visibility,
  rows: ReadonlyMap<string, Row>,
  ids: ReadonlySet<string>,
): Visibility =>
  showRoots(
    { ...visibility, unconfirmed: difference(visibility.unconfirmed, ids) },
    [...ids].filter((id) => rows.get(id)?.comment?.parentId === null),
  )
