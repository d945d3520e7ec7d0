import { errorFromResponse } from '../error-from-response.ts'
import type { ClientMessage } from '../protocol/client-message.ts'
import { shouldReconnect } from '../protocol/close-codes.ts'
import { decodeServerMessage, encode } from '../protocol/codec.ts'
import { ReparteeError } from '../protocol/errors.ts'
import type { ServerMessage } from '../protocol/server-message.ts'
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../protocol/version.ts'
import { needsNewToken, type Session } from '../reader-session.ts'
import { isPermanent } from '../with-retry.ts'
import type { OpenWebSocket } from './platform-socket.ts'

/** From the first packet to `welcome`, and for every answer after that. */
const ANSWER_TIMEOUT_MS = 8_000

/** How long a live connection has to answer when the browser woke up: the network may have changed. */
const PROBE_TIMEOUT_MS = 3_000

type Answered = Exclude<ClientMessage, { type: 'typing' | 'ping' }>
type WithoutRef<T> = T extends unknown ? Omit<T, 'ref'> : never
/** A message the service answers, without the `ref` that the link adds. */
export type LinkRequest = WithoutRef<Answered>
/** A message the service sends without being asked. */
export type PushMessage = Extract<ServerMessage, { type: 'delta' | 'reload' | 'presence' | 'reconnect' }>

export type LinkDeps = {
  readonly open: OpenWebSocket
  readonly url: string
  readonly site: string
  readonly session: Pick<Session, 'token' | 'renew'>
  onPush(message: PushMessage): void
  /**
   * `welcomed` once the service accepted this client. `failed` when the link ended, and not by `close`; a new one may
   * succeed, not before `retryAfterMs` where that is given. `rejected` when a new one would be refused as well.
   */
  onEvent(event: 'welcomed' | 'failed' | 'rejected', retryAfterMs?: number): void
}

/**
 * opening: the WebSocket is being opened · authenticating: `hello` was sent, `welcome` is awaited · live: welcomed ·
 * pinging: live, but silent, and a frame is awaited after a ping · ended: for good
 */
type LinkState = 'opening' | 'authenticating' | 'live' | 'pinging' | 'ended'

type Callbacks = {
  onResult(result: unknown): void
  onError(error: ReparteeError): void
}

const connectionLost = (): ReparteeError => new ReparteeError('unavailable', 'connection lost')

/** One WebSocket from its construction to its end. */
export type Link = {
  /** Whether the service has confirmed this token for the connection. */
  isAuthenticatedWith(token: string | undefined): boolean
  /** Rejects with the refusal, or with `unavailable` when the link ends or no answer comes in time. */
  request(message: LinkRequest): Promise<unknown>
  /** Send a message that is not answered. Does nothing unless the socket is open. */
  send(message: ClientMessage): void
  /** Send `hello` again because the reader's token changed. */
  authenticate(): void
  /** Find out soon whether the connection still works. */
  probe(): void
  close(): void
}

/** Open a WebSocket and authenticate. Throws what the constructor throws where the page may not open one. */
export const openLink = (deps: LinkDeps): Link => {
  const socket = deps.open(deps.url, SUBPROTOCOL)
  const pending = new Map<number | undefined, Callbacks>()
  let state: LinkState = 'opening'
  let lastRef = 0
  let authenticatedToken: string | undefined
  let pingMs = 0
  let hasRenewed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const end = (event?: 'failed' | 'rejected', retryAfterMs?: number): void => {
    if (state === 'ended') return
    state = 'ended'
    clearTimeout(timer)
    for (const { onError } of pending.values()) onError(connectionLost())
    socket.close()
    if (event) deps.onEvent(event, retryAfterMs)
  }

  const startTimer = (waitMs: number, onTimeout: () => void): void => {
    clearTimeout(timer)
    timer = setTimeout(onTimeout, waitMs)
  }
  const fail = (): void => end('failed')
  const isLive = (): boolean => state === 'live' || state === 'pinging'

  const send = (message: ClientMessage): void => {
    if (state !== 'opening' && state !== 'ended') socket.send(encode(message))
  }

  const ping = (timeoutMs: number): void => {
    state = 'pinging'
    startTimer(timeoutMs, fail)
    send({ type: 'ping' })
  }

  const awaitFrame = (): void => {
    state = 'live'
    startTimer(pingMs, () => ping(pingMs))
  }

  /** Send a message that is answered. Calls one of the callbacks, once. */
  const ask = (message: LinkRequest, { onResult, onError }: Callbacks): void => {
    if (state === 'ended') {
      onError(connectionLost())
      return
    }
    lastRef += 1
    const ref = lastRef
    const completeWith =
      <T>(callback: (value: T) => void) =>
      (value: T): void => {
        pending.delete(ref)
        clearTimeout(timeout)
        callback(value)
      }
    const callbacks = { onResult: completeWith(onResult), onError: completeWith(onError) }
    const timeout = setTimeout(
      () => callbacks.onError(new ReparteeError('unavailable', 'no answer in time')),
      ANSWER_TIMEOUT_MS,
    )
    pending.set(ref, callbacks)
    send({ ...message, ref })
  }

  const sendHello = (): void => {
    const { token } = deps.session
    const hello = { type: 'hello', site: deps.site, version: PROTOCOL_VERSION } as const
    ask(token === undefined ? hello : { ...hello, token }, {
      onResult() {
        authenticatedToken = token
        hasRenewed = false
        if (state !== 'authenticating') return
        awaitFrame()
        deps.onEvent('welcomed')
      },
      onError(error) {
        if (token !== undefined && !hasRenewed && needsNewToken(error)) {
          hasRenewed = true
          // The renewal changes the token, and a changed token is sent in another `hello`.
          deps.session.renew(token).catch(fail)
        } else end(isPermanent(error) && error.status !== 401 ? 'rejected' : 'failed', error.retryAfterMs)
      },
    })
  }

  const receive = (message: ServerMessage): void => {
    switch (message.type) {
      case 'welcome':
        pingMs = message.pingMs
        pending.get(message.ref)?.onResult(message)
        break
      case 'ok':
        pending.get(message.ref)?.onResult(message.result)
        break
      case 'error':
        pending.get(message.ref)?.onError(errorFromResponse(message.error, 'internal'))
        break
      case 'delta':
      case 'reload':
      case 'presence':
      case 'reconnect':
        deps.onPush(message)
    }
  }

  startTimer(ANSWER_TIMEOUT_MS, fail)
  socket.addEventListener('open', () => {
    if (state !== 'opening') return
    state = 'authenticating'
    sendHello()
  })
  socket.addEventListener('message', (event) => {
    if (state === 'ended') return
    if (isLive()) awaitFrame()
    const message = decodeServerMessage(String((event as MessageEvent).data))
    if (message) receive(message)
  })
  socket.addEventListener('close', (event) => end(shouldReconnect((event as CloseEvent).code) ? 'failed' : 'rejected'))
  // A `close` event always follows. Without a listener, Node's `ws` would throw the error.
  socket.addEventListener('error', () => {})

  return {
    isAuthenticatedWith: (token) => isLive() && authenticatedToken === token,
    request: (message) => new Promise((resolve, reject) => ask(message, { onResult: resolve, onError: reject })),
    send,
    authenticate() {
      if (state !== 'opening' && state !== 'ended') sendHello()
    },
    probe() {
      if (state === 'live') ping(PROBE_TIMEOUT_MS)
    },
    close: () => end(),
  }
}
