import type { ClientMessage } from '../protocol/client-message.ts'
import { shouldReconnect } from '../protocol/close-codes.ts'
import { decodeServerMessage, encode } from '../protocol/codec.ts'
import { ReparteeError } from '../protocol/errors.ts'
import type { ServerMessage } from '../protocol/server-message.ts'
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../protocol/version.ts'
import { type Session, wantsNewToken } from '../reader-session.ts'
import { isFinal } from '../retrying.ts'
import { refusalOf } from '../to-error.ts'
import type { OpenSocket } from './platform-socket.ts'

/** From the first packet to `welcome`, and for every answer after it. */
const ANSWER_MS = 8_000

/** When the browser hints that the network changed, a live connection answers within this. */
const PROBE_MS = 3_000

type Answered = Exclude<ClientMessage, { type: 'typing' | 'ping' }>
type WithoutRef<T> = T extends unknown ? Omit<T, 'ref'> : never
export type Ask = WithoutRef<Answered>
export type Pushed = Extract<ServerMessage, { type: 'delta' | 'reload' | 'presence' | 'reconnect' }>

export type LinkDeps = {
  readonly open: OpenSocket
  readonly url: string
  readonly site: string
  readonly session: Pick<Session, 'token' | 'renew'>
  onLive(): void
  onPush(message: Pushed): void
  /** Called once unless `close` came first. `final` means that coming back unchanged is useless. */
  onDown(down: { final: boolean; afterMs: number | undefined }): void
}

/** One WebSocket from its construction to its end. */
export type Link = {
  /** Whether the service has confirmed that this connection acts with this token. */
  actsAs(token: string | undefined): boolean
  /** Reject with the refusal, or with `unavailable` when the connection ends or stays silent first. */
  ask(message: Ask): Promise<unknown>
  send(message: ClientMessage): void
  /** Greet again: the reader's token changed. */
  greet(): void
  /** Find out soon whether the connection still lives. */
  probe(): void
  close(): void
}

type Pending = {
  resolve(value: unknown): void
  reject(error: ReparteeError): void
  timer: ReturnType<typeof setTimeout>
}

/** Open a WebSocket and greet; throws what the constructor throws when the page may not open one. */
export const openLink = (deps: LinkDeps): Link => {
  const socket = deps.open(deps.url, SUBPROTOCOL)
  const pending = new Map<number, Pending>()
  let lastRef = 0
  let over = false
  let live = false
  let opened = false
  let confirmed: string | undefined
  let pingMs = 0
  let pinged = false
  let renewed = false

  const end = (): void => {
    over = true
    clearTimeout(heart)
    for (const { reject, timer } of pending.values()) {
      clearTimeout(timer)
      reject(new ReparteeError('unavailable', 'connection lost'))
    }
    pending.clear()
    socket.close()
  }

  const down = (final = false, afterMs?: number): void => {
    if (over) return
    end()
    deps.onDown({ final, afterMs })
  }

  let heart = setTimeout(down, ANSWER_MS)

  const send = (message: ClientMessage): void => {
    if (!over && opened) socket.send(encode(message))
  }

  const ping = (patienceMs = pingMs): void => {
    pinged = true
    clearTimeout(heart)
    heart = setTimeout(down, patienceMs)
    send({ type: 'ping' })
  }

  const heard = (): void => {
    if (!live) return
    pinged = false
    clearTimeout(heart)
    heart = setTimeout(ping, pingMs)
  }

  const ask = (message: Ask): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (over) return reject(new ReparteeError('unavailable', 'connection lost'))
      lastRef += 1
      const ref = lastRef
      const timer = setTimeout(() => {
        pending.delete(ref)
        reject(new ReparteeError('unavailable', 'no answer'))
      }, ANSWER_MS)
      pending.set(ref, { resolve, reject, timer })
      send({ ...message, ref })
    })

  const greet = async (): Promise<void> => {
    const token = deps.session.token
    try {
      const hello = { type: 'hello', site: deps.site, version: PROTOCOL_VERSION } as const
      await ask(token === undefined ? hello : { ...hello, token })
      confirmed = token
      renewed = false
      if (live || over) return
      live = true
      heard()
      deps.onLive()
    } catch (error) {
      if (over) return
      if (token !== undefined && !renewed && wantsNewToken(error)) {
        renewed = true
        // The renewal changes the token, and a changed token is greeted with again.
        await deps.session.renew(token).catch(() => down())
        return
      }
      const { status, retryAfterMs } = error as ReparteeError
      down(isFinal(error) && status !== 401, retryAfterMs)
    }
  }

  const settle = (ref: number | undefined, act: (waiting: Pending) => void): void => {
    const waiting = ref === undefined ? undefined : pending.get(ref)
    if (ref === undefined || !waiting) return
    pending.delete(ref)
    clearTimeout(waiting.timer)
    act(waiting)
  }

  const receive = (message: ServerMessage): void => {
    switch (message.type) {
      case 'welcome':
        pingMs = message.pingMs
        settle(message.ref, ({ resolve }) => resolve(message))
        break
      case 'ok':
        settle(message.ref, ({ resolve }) => resolve(message.result))
        break
      case 'error':
        settle(message.ref, ({ reject }) => reject(refusalOf(message.error, 'internal')))
        break
      case 'delta':
      case 'reload':
      case 'presence':
      case 'reconnect':
        deps.onPush(message)
    }
  }

  socket.addEventListener('open', () => {
    opened = true
    if (!over) void greet()
  })
  socket.addEventListener('message', (event) => {
    if (over) return
    heard()
    const message = decodeServerMessage(String((event as MessageEvent).data))
    if (message) receive(message)
  })
  socket.addEventListener('close', (event) => down(!shouldReconnect((event as CloseEvent).code)))
  // `close` always follows; without a listener Node's `ws` would throw.
  socket.addEventListener('error', () => {})

  return {
    actsAs: (token) => live && confirmed === token,
    ask,
    send,
    greet() {
      if (opened) void greet()
    },
    probe() {
      if (live && !pinged) ping(PROBE_MS)
    },
    close() {
      if (!over) end()
    },
  }
}
