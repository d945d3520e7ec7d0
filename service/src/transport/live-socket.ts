import type { WebSocket } from 'uWebSockets.js'
import { type CloseCode, closeTable, encode } from '@repartee/sdk/protocol'
import type { Session } from '../realtime/session.ts'
import type { Socket } from '../realtime/socket.ts'

/** A client that was asked to reconnect has left by then, unless it ignores the request. */
const RECONNECT_GRACE_MS = 500
/** As long as a command may take, so that its answer is still sent. */
const ANSWER_GRACE_MS = 5_000
const BUSY_CHECK_MS = 100

/** What uWebSockets.js keeps with a connection. */
export type SocketData = {
  readonly network: string
  readonly origin: string | null
  readonly host: string
  live: LiveSocket | null
}

/**
 * One open WebSocket of this process and its session. Calls after the connection has ended do nothing, where touching a
 * closed one throws in uWebSockets.js.
 */
export class LiveSocket implements Socket {
  readonly openedAt: number
  readonly session: Session
  /** When the client is to be asked to reconnect; `null` until that is decided. */
  reconnectAt: number | null = null
  /** `null` once the connection has ended. */
  #ws: WebSocket<SocketData> | null
  readonly #data: SocketData
  #closeTimer: NodeJS.Timeout | null = null

  constructor(ws: WebSocket<SocketData>, o: { openedAt: number; createSession: (socket: Socket) => Session }) {
    this.openedAt = o.openedAt
    this.#ws = ws
    this.#data = ws.getUserData()
    this.session = o.createSession(this)
  }

  get network(): string {
    return this.#data.network
  }

  get origin(): string | null {
    return this.#data.origin
  }

  get host(): string {
    return this.#data.host
  }

  send(frame: string): void {
    this.#ws?.send(frame)
  }

  join(topic: string): void {
    this.#ws?.subscribe(topic)
  }

  leave(topic: string): void {
    this.#ws?.unsubscribe(topic)
  }

  close(code: CloseCode): void {
    this.#ws?.end(code, closeTable[code].reason)
  }

  /** Bytes buffered in this process because the client does not read them. */
  bufferedBytes(): number {
    return this.#ws?.getBufferedAmount() ?? 0
  }

  /** Ask the client to reconnect after `afterMs`; a client that stays is closed once no answer is outstanding. */
  requestReconnect(afterMs: number): void {
    if (this.#ws === null) return
    this.send(encode({ type: 'reconnect', afterMs }))
    this.#closeWhenIdle(afterMs + RECONNECT_GRACE_MS, ANSWER_GRACE_MS)
  }

  /** The connection has ended; nothing touches it from now on. */
  ended(): void {
    this.#ws = null
    if (this.#closeTimer !== null) clearTimeout(this.#closeTimer)
    this.#closeTimer = null
  }

  #closeWhenIdle(afterMs: number, graceMs: number): void {
    if (this.#closeTimer !== null) clearTimeout(this.#closeTimer)
    this.#closeTimer = setTimeout(() => {
      if (this.session.busy && graceMs > 0) this.#closeWhenIdle(BUSY_CHECK_MS, graceMs - BUSY_CHECK_MS)
      else this.close(4000)
    }, afterMs)
  }
}
