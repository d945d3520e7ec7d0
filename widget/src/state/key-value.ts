/** Text stored by name on this device. Never throws: where nothing can be stored, nothing is found. */
export type KeyValue = {
  get(name: string): string | null
  set(name: string, value: string | null): void
}

/** `localStorage`, where the host page and the browser allow it. */
export const localStore: KeyValue = {
  get(name) {
    try {
      return localStorage.getItem(name)
    } catch {
      return null
    }
  },
  set(name, value) {
    try {
      if (value === null) localStorage.removeItem(name)
      else localStorage.setItem(name, value)
    } catch {
      // The storage is full or forbidden: the text lives as long as the page.
    }
  },
}

/** Read JSON stored under a name. Anything unreadable counts as absent. */
export const readJson = (store: KeyValue, name: string): unknown => {
  try {
    return JSON.parse(store.get(name) ?? 'null')
  } catch {
    return null
  }
}
