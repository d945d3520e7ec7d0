import type { OutboxEntry } from '../contract.ts'
import { type KeyValue, readJson } from './key-value.ts'

/** The part of an outbox entry that survives a reload of the page. */
export type StoredEntry = Pick<OutboxEntry, 'key' | 'parentId' | 'body' | 'createdAt'> & {
  /** The name that a guest gave with the comment. */
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

/** The unfinished entries stored under `name`, oldest first. */
export const readEntries = (store: KeyValue, name: string): StoredEntry[] => {
  const stored = readJson(store, name)
  return Array.isArray(stored) ? stored.filter(isStoredEntry) : []
}

/** Store an entry until it is finished. All tabs with this page share the list. */
export const storeEntry = (store: KeyValue, name: string, entry: StoredEntry): void => {
  const others = readEntries(store, name).filter(({ key }) => key !== entry.key)
  store.set(name, JSON.stringify([...others, entry]))
}

/** Forget an entry that is finished or was discarded. */
export const forgetEntry = (store: KeyValue, name: string, key: string): void => {
  const others = readEntries(store, name).filter((entry) => entry.key !== key)
  store.set(name, others.length > 0 ? JSON.stringify(others) : null)
}
