import { type KeyValue, readJson } from './key-value.ts'

/** A draft is stored this long after the last keystroke. */
const WRITE_DELAY_MS = 300

/** What the reader has begun to write, by parent comment. */
export type Drafts = {
  get(parentId: string | null): string
  /** Known to `get` at once, and stored shortly after. */
  set(parentId: string | null, body: string): void
  /** Store now what is not stored yet. */
  flush(): void
}

const NEW_ROOT = ''

/** The drafts of one page, stored under `name`. */
export const createDrafts = (store: KeyValue, name: string): Drafts => {
  const read = (): Map<string, string> => {
    const stored = readJson(store, name)
    return new Map(Object.entries(stored ?? {}).filter(([, body]) => typeof body === 'string'))
  }
  const bodies = read()
  /** Only these are written: another tab may be writing another reply. */
  const changed = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const flush = (): void => {
    clearTimeout(timer)
    if (changed.size === 0) return
    const stored = read()
    for (const key of changed) {
      const body = bodies.get(key)
      if (body) stored.set(key, body)
      else stored.delete(key)
    }
    changed.clear()
    store.set(name, stored.size > 0 ? JSON.stringify(Object.fromEntries(stored)) : null)
  }

  return {
    get: (parentId) => bodies.get(parentId ?? NEW_ROOT) ?? '',
    set(parentId, body) {
      const key = parentId ?? NEW_ROOT
      bodies.set(key, body)
      changed.add(key)
      clearTimeout(timer)
      timer = setTimeout(flush, WRITE_DELAY_MS)
    },
    flush,
  }
}
