import type { WebSocket } from 'uWebSockets.js'
import { type CloseCode, closeTable, encode } from '@repartee/sdk/protocol'
import type { Session } from '../realtime/session.ts'
import type { Socket } from '../realtime/socket.ts'

/** A client that was told to move has gone by then, unless it does not listen. */
const PATIENCE_MS = 500
/** As long as a command may take: its answer is worth waiting for. */
const ANSWER_MS = 5_000
const STEP_MS = 100

/** What uWebSockets.js keeps with a connection. */
export type SocketData = {
  readonly network: string
  readonly origin: string | null
  readonly host: string
  live: LiveSocket | null
}

/** One open WebSocket of this process. */
export type LiveSocket = {
  readonly socket: Socket
  /** Set once, right after the session was made with the socket. */
  session: Session | null
  readonly openedAt: number
  /** Bytes that wait in this process because the client does not read them. */
  unread(): number
  /** Ask the client to be back on another connection after `afterMs`; who stays is closed once nothing is owed. */
  move(afterMs: number): void
  /** The connection has ended: from now on nothing touches it. */
  ended(): void
}

/** Wrap a connection so that every call on it is guarded: touching a closed one throws in uWebSockets.js. */
export const createLiveSocket = (ws: WebSocket<SocketData>, o: { openedAt: number }): LiveSocket => {
  const { network, origin, host } = ws.getUserData()
  let open = true
  let moving: NodeJS.Timeout | undefined

  const close = (code: CloseCode): void => {
    if (open) ws.end(code, closeTable[code].reason)
  }

  const send = (frame: string): void => {
    if (open) ws.send(frame)
  }

  const leave = (restMs: number): void => {
    if (live.session?.busy === true && restMs > 0) moving = setTimeout(leave, STEP_MS, restMs - STEP_MS)
    else close(4000)
  }

  const live: LiveSocket = {
    socket: {
      network,
      origin,
      host,
      send,
      close,
      join: (topic) => {
        if (open) ws.subscribe(topic)
      },
      leave: (topic) => {
        if (open) ws.unsubscribe(topic)
      },
    },
    session: null,
    openedAt: o.openedAt,
    unread: () => (open ? ws.getBufferedAmount() : 0),
    move(afterMs) {
      if (!open) return
      clearTimeout(moving)
      send(encode({ type: 'reconnect', afterMs }))
      moving = setTimeout(leave, afterMs + PATIENCE_MS, ANSWER_MS)
    },
    ended() {
      open = false
      clearTimeout(moving)
    },
  }
  return live
}
