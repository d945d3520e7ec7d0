import type { Presence } from '@repartee/sdk/protocol'

/** Who has a thread open. Ephemeral: an entry expires 60 s after its last renewal. */
export type PresenceStore = {
  /** Add or renew an entry. Several connections of one `visitor` count as one. */
  join(topic: string, connection: string, visitor: string): Promise<void>
  leave(topic: string, connection: string): Promise<void>
  /** Expires after 6 s. */
  typing(topic: string, visitor: string, name: string): Promise<void>
  /** The number of visitors, and the names of at most five who are typing. */
  state(topic: string): Promise<Presence>
}
