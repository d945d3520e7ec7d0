import { type Client, createClient } from '@repartee/sdk'

/** How long the connection is kept after the last element is gone: often another element follows. */
const KEEP_MS = 2_000

type Shared = { readonly client: Client; users: number; closing: ReturnType<typeof setTimeout> | undefined }

const clients = new Map<string, Shared>()

export type ClientLease = { readonly client: Client; release(): void }

/** Get the page's only client of a site. It is closed a moment after its last lease is released. */
export const leaseClient = (baseUrl: string, site: string): ClientLease => {
  const key = `${site} ${baseUrl}`
  let shared = clients.get(key)
  if (!shared) {
    shared = { client: createClient({ baseUrl, site }), users: 0, closing: undefined }
    clients.set(key, shared)
  }
  const leased = shared
  leased.users += 1
  clearTimeout(leased.closing)
  return {
    client: leased.client,
    release() {
      leased.users -= 1
      if (leased.users > 0) return
      leased.closing = setTimeout(() => {
        leased.client.close()
        clients.delete(key)
      }, KEEP_MS)
    },
  }
}
