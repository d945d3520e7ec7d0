import type { CloseCode } from '@repartee/sdk/protocol'

/** One accepted WebSocket. Calls after the connection has ended do nothing. */
export type Socket = {
  send(frame: string): void
  /** Receive what is published on a topic of the hub. */
  join(topic: string): void
  leave(topic: string): void
  close(code: CloseCode): void
  readonly network: string
  /** The `Origin` header of the upgrade request; `null` when it is absent. */
  readonly origin: string | null
  /** The `Host` header of the upgrade request. */
  readonly host: string
}
