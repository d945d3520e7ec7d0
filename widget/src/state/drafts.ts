import { type KeyValue, readJson } from './key-value.ts'

/** A keystroke is kept this long after the last one. */
const WRITE_AFTER_MS = 300

/** What the reader has begun to write, by parent. */
export type Drafts = {
  get(parentId: string | null): string
  /** Kept at once for this page, and shortly after across a reload. */
  set(parentId: string | null, body: string): void
  /** Write what is still waiting to be written. */
  flush(): void
}

const NEW_ROOT = ''

/** Drafts of one page, kept in `store` under `name`. */
export const createDrafts = (store: KeyValue, name: string): Drafts => {
  const read = (): Map<string, string> => {
    const kept = readJson(store, name)
    return new Map(Object.entries(kept ?? {}).filter(([, body]) => typeof body === 'string'))
  }
  const bodies = read()
  /** Only these are written: another tab may be writing another reply. */
  const changed = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const flush = (): void => {
    clearTimeout(timer)
    if (changed.size === 0) return
    const kept = read()
    for (const key of changed) {
      const body = bodies.get(key)
      if (body) kept.set(key, body)
      else kept.delete(key)
    }
    changed.clear()
    store.set(name, kept.size > 0 ? JSON.stringify(Object.fromEntries(kept)) : null)
  }

  return {
    get: (parentId) => bodies.get(parentId ?? NEW_ROOT) ?? '',
    set(parentId, body) {
      const key = parentId ?? NEW_ROOT
      bodies.set(key, body)
      changed.add(key)
      clearTimeout(timer)
      timer = setTimeout(flush, WRITE_AFTER_MS)
    },
    flush,
  }
}
