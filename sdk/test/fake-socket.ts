import type { ClientMessage } from '../src/protocol/client-message.ts'
import type { ServerMessage } from '../src/protocol/server-message.ts'
import type { WebSocketLike } from '../src/realtime/platform-socket.ts'

type EventType = 'open' | 'message' | 'close' | 'error'

/** A WebSocket whose other end is the test. It delivers events even after its end, as a late network may. */
export type FakeSocket = WebSocketLike & {
  readonly sent: ClientMessage[]
  /** Neither side has closed it. */
  isOpen: boolean
  deliver(type: EventType, event?: unknown): void
  receive(message: ServerMessage): void
  closeFromServer(code: number): void
}

export const createFakeSocket = (): FakeSocket => {
  const listeners: [EventType, (event: unknown) => void][] = []
  const socket: FakeSocket = {
    sent: [],
    isOpen: true,
    send: (data) => void socket.sent.push(JSON.parse(data)),
    close() {
      socket.isOpen = false
    },
    addEventListener: (type, listener) => void listeners.push([type, listener]),
    deliver(type, event = {}) {
      for (const [listened, listener] of listeners) if (listened === type) listener(event)
    },
    receive: (message) => socket.deliver('message', { data: JSON.stringify(message) }),
    closeFromServer(code) {
      socket.isOpen = false
      socket.deliver('close', { code })
    },
  }
  return socket
}
