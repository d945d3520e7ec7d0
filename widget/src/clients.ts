import { type Client, createClient } from '@repartee/sdk'

/** An element that leaves a page is often followed by another: the connection is kept for it this long. */
const KEEP_MS = 2_000

type Shared = { readonly client: Client; users: number; closing: ReturnType<typeof setTimeout> | undefined }

const clients = new Map<string, Shared>()

export type Lease = { readonly client: Client; release(): void }

/** The page's one client of a site; it is closed a moment after its last lease is released. */
export const leaseClient = (baseUrl: string, site: string): Lease => {
  const key = `${site} ${baseUrl}`
  let shared = clients.get(key)
  if (!shared) {
    shared = { client: createClient({ baseUrl, site }), users: 0, closing: undefined }
    clients.set(key, shared)
  }
  const held = shared
  held.users += 1
  clearTimeout(held.closing)
  return {
    client: held.client,
    release() {
      held.users -= 1
      if (held.users > 0) return
      held.closing = setTimeout(() => {
        held.client.close()
        clients.delete(key)
      }, KEEP_MS)
    },
  }
}
