import type { Deps } from '../deps.ts'
import { keysInUse } from './keys-in-use.ts'
import { sealedColumns } from './sealed-columns.ts'

export type KeyStatus = {
  readonly id: string
  /** `encrypts` new values, only `decrypts` old ones, or is `missing` from the configuration. */
  readonly state: 'encrypts' | 'decrypts' | 'missing'
  /** How many stored values need it. */
  readonly values: number
}

/** Every configured key and every key that stored values need, with the number of those values. */
export const keyStatus = async (deps: Pick<Deps, 'store' | 'keyRing'>): Promise<KeyStatus[]> => {
  const configured = deps.keyRing.ids()
  const ids = [...new Set([...configured, ...(await keysInUse(deps.store))])]
  return Promise.all(
    ids.map(async (id) => {
      const counts = await Promise.all(sealedColumns.map((column) => deps.store.sealed.count(column, id)))
      const state = id === configured[0] ? 'encrypts' : configured.includes(id) ? 'decrypts' : 'missing'
      return { id, state, values: counts.reduce((sum, count) => sum + count, 0) }
    }),
  )
}
