import type { CloseCode } from '@repartee/sdk/protocol'

/** One accepted WebSocket, as the transport gives it. Calls after its end do nothing. */
export type Socket = {
  send(frame: string): void
  /** Get what is published on a topic of the hub. */
  join(topic: string): void
  leave(topic: string): void
  close(code: CloseCode): void
  readonly network: string
  /** The `Origin` header of the upgrade. */
  readonly origin: string | null
  readonly host: string
}
