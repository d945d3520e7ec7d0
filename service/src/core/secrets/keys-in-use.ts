import type { Store } from '../ports/store.ts'
import { type SealedColumn, sealedColumns } from './sealed-columns.ts'

/** The ids of the keys that values of one column need. */
const ofColumn = async (store: Pick<Store, 'sealed'>, column: SealedColumn): Promise<string[]> => {
  const ids: string[] = []
  for (let after = ''; ; ) {
    const next = await store.sealed.nextKeyId(column, after)
    if (next === null) return ids
    ids.push(next)
    after = next
  }
}

/** The ids of all keys that stored values need. Takes one read by index for each column and each of its keys. */
export const keysInUse = async (store: Pick<Store, 'sealed'>): Promise<string[]> => {
  const all = await Promise.all(sealedColumns.map((column) => ofColumn(store, column)))
  return [...new Set(all.flat())].sort()
}
