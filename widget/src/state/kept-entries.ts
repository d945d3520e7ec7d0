import type { OutboxEntry } from '../contract.ts'
import { type KeyValue, readJson } from './key-value.ts'

/** What of an entry survives a reload. */
export type StoredEntry = Pick<OutboxEntry, 'key' | 'parentId' | 'body' | 'createdAt'> & {
  /** The name a guest gave with it. */
  readonly name?: string
}

const isStoredEntry = (value: unknown): value is StoredEntry => {
  const entry = value as Partial<StoredEntry> | null
  return (
    typeof entry?.key === 'string' &&
    typeof entry.body === 'string' &&
    typeof entry.createdAt === 'number' &&
    (entry.parentId === null || typeof entry.parentId === 'string') &&
    (entry.name === undefined || typeof entry.name === 'string')
  )
}

/** Unfinished entries kept under `name`, oldest first. */
export const storedEntries = (store: KeyValue, name: string): StoredEntry[] => {
  const kept = readJson(store, name)
  return Array.isArray(kept) ? kept.filter(isStoredEntry) : []
}

/** Keep an entry until it is finished; tabs of one page share the place. */
export const storeEntry = (store: KeyValue, name: string, entry: StoredEntry): void => {
  const others = storedEntries(store, name).filter(({ key }) => key !== entry.key)
  store.set(name, JSON.stringify([...others, entry]))
}

/** The entry is finished, or given up. */
export const forgetEntry = (store: KeyValue, name: string, key: string): void => {
  const others = storedEntries(store, name).filter((entry) => entry.key !== key)
  store.set(name, others.length > 0 ? JSON.stringify(others) : null)
}
