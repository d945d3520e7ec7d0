import type { Presence } from '@repartee/sdk/protocol'

/** Who has a thread open. Ephemeral: entries not renewed within 60 s are forgotten. */
export type PresenceStore = {
  /** Also renews. `visitor` is what is counted: several connections of one visitor are one. */
  join(topic: string, connection: string, visitor: string): Promise<void>
  leave(topic: string, connection: string): Promise<void>
  /** Forgotten after 6 s. */
  typing(topic: string, visitor: string, name: string): Promise<void>
  /** Names of those writing, without `visitor`s given here, at most five. */
  state(topic: string): Promise<Presence>
}
