import { ReparteeError } from '@repartee/sdk/protocol'
import type { Deps } from '../deps.ts'
import type { SealedPlace } from '../ports/secret-box.ts'
import { sealedColumns } from './sealed-columns.ts'

/** Where a rotation goes on: a column, one of the keys its values need, and the row after which to look. */
export type RotationPosition = { readonly column: number; readonly keyId: string; readonly after: string | null }

export type RotatedBatch = {
  /** How many values were re-encrypted. */
  readonly rotated: number
  /** Rows whose value does not open, as `table.column row`. They stay as they are. */
  readonly unreadable: readonly string[]
  /** `null` at the end. */
  readonly next: RotationPosition | null
}

const BATCH = 200

/**
 * Re-encrypt the next values that need another key than the newest. Safe while nodes serve and write, and beside another
 * rotation: a value that changed since it was read stays as it is. What is done is never done again, so a rotation that
 * was stopped may start from the beginning.
 */
export const rotateBatch = async (
  { store, secrets, keyRing }: Pick<Deps, 'store' | 'secrets' | 'keyRing'>,
  from: RotationPosition | null,
): Promise<RotatedBatch> => {
  const at = from ?? { column: 0, keyId: '', after: null }
  const column = sealedColumns[at.column]
  if (column === undefined) throw new ReparteeError('invalid_request', 'no such position of a rotation')
  const [newest] = keyRing.ids()

  const goOn = async (): Promise<RotationPosition | null> => {
    let keyId = await store.sealed.nextKeyId(column, at.keyId)
    if (keyId === newest && keyId !== null) keyId = await store.sealed.nextKeyId(column, keyId)
    if (keyId !== null) return { column: at.column, keyId, after: null }
    return at.column + 1 < sealedColumns.length ? { column: at.column + 1, keyId: '', after: null } : null
  }
  // A position without a key is the beginning of a column.
  if (at.keyId === '') return { rotated: 0, unreadable: [], next: await goOn() }

  const values = await store.sealed.page(column, at.keyId, at.after, BATCH)
  const changes: { row: string; from: string; to: string }[] = []
  const unreadable: string[] = []
  for (const { row, sealed } of values) {
    const { table, column: name } = 'sealedAs' in column ? column.sealedAs : column
    const place = { table, column: name, row } as SealedPlace
    try {
      changes.push({ row, from: sealed, to: secrets.seal(place, secrets.open(place, sealed)) })
    } catch {
      unreadable.push(`${column.table}.${column.column} ${row}`)
    }
  }
  const rotated = changes.length === 0 ? 0 : await store.sealed.replace(column, changes)
  const last = values.at(-1)
  const isFull = values.length === BATCH && last !== undefined
  return { rotated, unreadable, next: isFull ? { ...at, after: last.row } : await goOn() }
}
