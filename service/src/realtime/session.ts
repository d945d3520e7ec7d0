import {
  type ClientMessage,
  type CloseCode,
  type ErrorCode,
  encode,
  newId,
  PROTOCOL_VERSION,
  ReparteeError,
  refOf,
  type ServerMessage,
} from '@repartee/sdk/protocol'
import { authorize } from '../core/access/authorize.ts'
import { reauthorize } from '../core/access/reauthorize.ts'
import type { Actor } from '../core/actor.ts'
import { DEADLINE_MS, execute } from '../core/commands.ts'
import { withDeadline } from '../core/deadline.ts'
import type { Deps } from '../core/deps.ts'
import { errorBody } from '../core/error-body.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Admission } from './admission.ts'
import type { Hub } from './hub.ts'
import { readFrame } from './read-frame.ts'
import type { Socket } from './socket.ts'
import { createSubscriptions } from './subscriptions.ts'
import { createTokenBucket } from './token-bucket.ts'

const HELLO_MS = 5_000
/** A client that hears nothing for this long asks; below the idle limit of common proxies. */
const PING_MS = 25_000
const FRAMES = { perSecond: 40, burst: 80 }
/** Refusals a client that slows down when told to never reaches. */
const REFUSALS = { perSecond: 10, burst: 120 }
const MAX_UNANSWERED = 32
/** UTF-16 code units of frames that wait for the answer to `hello`. */
const MAX_HELD_LENGTH = 128 * 1_024
const MAX_PROTOCOL_ERRORS = 3

/** The server's side of one connection. */
export type Session = {
  /** A text frame came. Never throws: what is wrong with it is answered. */
  receive(frame: string): void
  /** Whether an answer is owed. */
  readonly busy: boolean
  /** The socket is gone: nothing is sent any more and everything is let go. */
  closed(): void
}

/** Refusals that no later message can mend. */
const terminal: { readonly [C in ErrorCode]?: CloseCode } = {
  unsupported_version: 4501,
  site_not_found: 4502,
  origin_not_allowed: 4503,
}

/** Refusals of frames that are no messages; a known message with a wrong field is merely refused. */
const protocolErrors: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'malformed_json',
  'unknown_command',
  'hello_required',
])

type Hello = Extract<ClientMessage, { type: 'hello' }>

/** Serve one connection: `hello` first, then threads and commands, each answered once under its `ref`. */
export const createSession = (o: {
  deps: Deps
  hub: Hub
  admission: Pick<Admission, 'enter'>
  socket: Socket
  node: string
  log: Logger
}): Session => {
  const { deps, hub, admission, socket, log } = o
  const { now } = deps
  const connection = newId()
  const subscriptions = createSubscriptions({ hub, socket, presence: deps.presence, connection, admission, log, now })
  const mayReceive = createTokenBucket({ ...FRAMES, now })
  const mayRefuse = createTokenBucket({ ...REFUSALS, now })
  const held: string[] = []
  let state: 'connecting' | 'ready' | 'closing' = 'connecting'
  let actor: Actor | null = null
  let greeting = false
  let unanswered = 0
  let errorsInARow = 0
  let helloTimer: NodeJS.Timeout | undefined

  /** What is refused before it is looked at. */
  const tooFast = (why: string): ReparteeError => {
    deps.metrics.count('rate_limited', { rule: 'messages' })
    return new ReparteeError('rate_limited', why, { retryAfterMs: 1_000 })
  }

  const isClosing = (): boolean => state === 'closing'

  const send = (message: ServerMessage): void => {
    if (!isClosing()) socket.send(encode(message))
  }

  const release = (): void => {
    if (isClosing()) return
    state = 'closing'
    clearTimeout(helloTimer)
    held.length = 0
    subscriptions.close()
  }

  const close = (code: CloseCode): void => {
    if (isClosing()) return
    release()
    socket.close(code)
  }

  const expectHello = (): void => {
    clearTimeout(helloTimer)
    helloTimer = setTimeout(() => close(4002), HELLO_MS)
    helloTimer.unref()
  }

  const refuse = (ref: number | undefined, cause: unknown): void => {
    if (!(cause instanceof ReparteeError)) log.error('a message failed', { error: cause })
    send({ type: 'error', ...(ref !== undefined && { ref }), error: errorBody(cause) })
  }

  /** Run what a message asks for; at most so many at a time wait for the store. */
  const answer = (ref: number, work: () => Promise<void>): void => {
    if (unanswered >= MAX_UNANSWERED) throw tooFast('too many messages wait for an answer')
    unanswered += 1
    work()
      .catch((cause: unknown) => {
        refuse(ref, cause)
        closeIfTerminal(cause)
      })
      .finally(() => {
        unanswered -= 1
      })
  }

  /**
   * Who stays with the connection and only changes the token is in already. Names nobody knows yet share one line: made up
   * ones would otherwise have a turn each.
   */
  const admit = async (hello: Hello): Promise<void> => {
    const line = deps.siteCache.knows(hello.site) ? hello.site : ''
    if (actor === null) await admission.enter(line, () => !isClosing())
  }

  const authenticate = async (hello: Hello): Promise<void> => {
    await admit(hello)
    if (isClosing()) return
    const request = { siteKey: hello.site, origin: socket.origin, host: socket.host, network: socket.network }
    const next = await withDeadline(HELLO_MS, authorize(deps, { ...request, token: hello.token ?? null }))
    if (isClosing()) return
    if (actor !== null && actor.site.id !== next.site.id)
      throw new ReparteeError('invalid_request', 'a connection stays with its site')
    actor = next
    state = 'ready'
    send({
      type: 'welcome',
      ref: hello.ref,
      version: PROTOCOL_VERSION,
      node: o.node,
      reader: next.reader,
      pingMs: PING_MS,
    })
    subscriptions.become(next)
  }

  const greet = (hello: Hello): void => {
    greeting = true
    clearTimeout(helloTimer)
    authenticate(hello)
      .catch((cause: unknown) => {
        refuse(hello.ref, cause)
        closeIfTerminal(cause)
        if (actor === null && cause instanceof ReparteeError && cause.code === 'rate_limited') close(4004)
        if (state === 'connecting') expectHello()
      })
      .finally(() => {
        greeting = false
        while (!greeting && !isClosing()) {
          const frame = held.shift()
          if (frame === undefined) return
          handle(frame)
        }
      })
  }

  const closeIfTerminal = (cause: unknown): void => {
    const code = cause instanceof ReparteeError ? terminal[cause.code] : undefined
    if (code !== undefined) close(code)
  }

  const serve = (by: Actor, message: Exclude<ClientMessage, { type: 'ping' | 'hello' }>): void => {
    switch (message.type) {
      case 'subscribe':
        answer(message.ref, () => subscriptions.subscribe(by, message.ref, message.thread, message))
        break
      case 'unsubscribe':
        answer(message.ref, async () => {
          await subscriptions.unsubscribe(message.thread)
          send({ type: 'ok', ref: message.ref, result: {} })
        })
        break
      case 'typing':
        if (by.expiresAt === undefined || by.expiresAt > now()) subscriptions.typing(by, message.thread)
        break
      default: {
        const { type, ref, ...input } = message
        answer(ref, async () => {
          const current = await withDeadline(DEADLINE_MS, reauthorize(deps, by, socket.origin))
          send({ type: 'ok', ref, result: await execute(deps, current, type, input) })
        })
      }
    }
  }

  const dispatch = (frame: string): void => {
    const message = readFrame(frame)
    if (message.type === 'ping') send({ type: 'pong' })
    else if (message.type === 'hello') greet(message)
    else if (actor === null) throw new ReparteeError('hello_required')
    else serve(actor, message)
  }

  const handle = (frame: string): void => {
    try {
      dispatch(frame)
      errorsInARow = 0
    } catch (cause) {
      const ref = refOf(frame)
      refuse(ref, cause)
      closeIfTerminal(cause)
      const isProtocolError = cause instanceof ReparteeError && (ref === undefined || protocolErrors.has(cause.code))
      errorsInARow = isProtocolError ? errorsInARow + 1 : 0
      if (errorsInARow >= MAX_PROTOCOL_ERRORS) close(4500)
    }
  }

  const hold = (frame: string): void => {
    const length = held.reduce((sum, other) => sum + other.length, frame.length)
    if (held.length < MAX_UNANSWERED && length <= MAX_HELD_LENGTH) held.push(frame)
    else refuse(refOf(frame), tooFast('wait for the answer to hello'))
  }

  expectHello()

  return {
    receive(frame) {
      if (isClosing()) return
      if (!mayReceive()) {
        refuse(refOf(frame), tooFast('too many messages'))
        if (!mayRefuse()) close(4003)
      } else if (greeting) hold(frame)
      else handle(frame)
    },
    get busy() {
      return greeting || unanswered > 0
    },
    closed: release,
  }
}
