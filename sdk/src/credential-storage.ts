/** Where the credential that renews a reader's token is stored. */
export type CredentialStorage = {
  get(key: string): string | null
  set(key: string, value: string): void
  remove(key: string): void
}

const memoryStorage = (): CredentialStorage => {
  const values = new Map<string, string>()
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => {
      values.set(key, value)
    },
    remove: (key) => {
      values.delete(key)
    },
  }
}

/** `localStorage` where it is writable, else memory. Private windows and sandboxed frames throw on access. */
export const defaultStorage = (): CredentialStorage => {
  try {
    const local = globalThis.localStorage
    local.setItem('repartee', '')
    local.removeItem('repartee')
    return {
      get: (key) => local.getItem(key),
      set: (key, value) => local.setItem(key, value),
      remove: (key) => local.removeItem(key),
    }
  } catch {
    return memoryStorage()
  }
}
