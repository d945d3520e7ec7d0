import {
  type ClientMessage,
  type CloseCode,
  type ErrorCode,
  encode,
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
import { errorBody } from '../core/error-body.ts'
import { readFrame } from './read-frame.ts'
import type { SessionDeps } from './session-deps.ts'
import type { Socket } from './socket.ts'
import { Subscriptions } from './subscriptions.ts'
import { TokenBucket } from './token-bucket.ts'

const HELLO_TIMEOUT_MS = 5_000
/** After this long without a frame a client sends a ping; below the idle timeout of common proxies. */
const PING_MS = 25_000
const MESSAGE_RATE = { perSecond: 40, burst: 80 }
/** A client that slows down when it is refused stays below this. */
const REFUSAL_RATE = { perSecond: 10, burst: 120 }
const MAX_IN_FLIGHT = 32
/** UTF-16 code units of the frames queued until `hello` is answered. */
const MAX_QUEUED_LENGTH = 128 * 1_024
const MAX_PROTOCOL_ERRORS = 3

/** Errors that no later message can correct. */
const fatal: { readonly [C in ErrorCode]?: CloseCode } = {
  unsupported_version: 4501,
  site_not_found: 4502,
  origin_not_allowed: 4503,
}

/** Errors of frames that are not messages; a known message with an invalid field does not count. */
const protocolErrors: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'malformed_json',
  'unknown_command',
  'hello_required',
])

type Hello = Extract<ClientMessage, { type: 'hello' }>

/**
 * The server's side of one connection: `hello` first, then subscriptions and commands, each answered once under its
 * `ref`. A node holds one for every reader, so it is a class, and what an idle session does not need is not allocated.
 */
export class Session {
  readonly #deps: SessionDeps
  readonly #socket: Socket
  readonly #messages: TokenBucket
  /** `null` until the first refusal. */
  #refusals: TokenBucket | null = null
  #state: 'connecting' | 'ready' | 'closing' = 'connecting'
  #actor: Actor | null = null
  /** Whether a `hello` is being answered. */
  #authenticating = false
  /** Frames received meanwhile; `null` while there are none. */
  #queued: string[] | null = null
  #inFlight = 0
  #errorsInARow = 0
  #helloTimer: NodeJS.Timeout | null = null
  /** `null` until the first subscription. */
  #subscriptions: Subscriptions | null = null

  constructor(deps: SessionDeps, socket: Socket) {
    this.#deps = deps
    this.#socket = socket
    this.#messages = new TokenBucket(MESSAGE_RATE, deps.core.now())
    this.#startHelloTimer()
  }

  /** A text frame arrived. Never throws: errors are answered. */
  receive(frame: string): void {
    if (this.#isClosing()) return
    const nowAt = this.#deps.core.now()
    if (!this.#messages.take(nowAt)) {
      this.#refuse(refOf(frame), this.#rateLimited('too many messages'))
      this.#refusals ??= new TokenBucket(REFUSAL_RATE, nowAt)
      if (!this.#refusals.take(nowAt)) this.#close(4003)
    } else if (this.#authenticating) this.#queue(frame)
    else this.#handle(frame)
  }

  /** Whether an answer is outstanding. */
  get busy(): boolean {
    return this.#authenticating || this.#inFlight > 0
  }

  /** The socket has closed: nothing more is sent and everything is released. */
  closed(): void {
    if (this.#isClosing()) return
    this.#state = 'closing'
    this.#stopHelloTimer()
    this.#queued = null
    this.#subscriptions?.close()
  }

  #isClosing(): boolean {
    return this.#state === 'closing'
  }

  #close(code: CloseCode): void {
    if (this.#isClosing()) return
    this.closed()
    this.#socket.close(code)
  }

  #closeIfFatal(cause: unknown): void {
    const code = cause instanceof ReparteeError ? fatal[cause.code] : undefined
    if (code !== undefined) this.#close(code)
  }

  #send(message: ServerMessage): void {
    if (!this.#isClosing()) this.#socket.send(encode(message))
  }

  #refuse(ref: number | undefined, cause: unknown): void {
    if (!(cause instanceof ReparteeError)) this.#deps.log.error('a message failed', { error: cause })
    this.#send({ type: 'error', ...(ref !== undefined && { ref }), error: errorBody(cause) })
  }

  #rateLimited(why: string): ReparteeError {
    this.#deps.core.metrics.count('rate_limited', { rule: 'messages' })
    return new ReparteeError('rate_limited', why, { retryAfterMs: 1_000 })
  }

  #startHelloTimer(): void {
    this.#stopHelloTimer()
    this.#helloTimer = setTimeout(() => this.#close(4002), HELLO_TIMEOUT_MS).unref()
  }

  #stopHelloTimer(): void {
    if (this.#helloTimer !== null) clearTimeout(this.#helloTimer)
    this.#helloTimer = null
  }

  #queue(frame: string): void {
    const queued = this.#queued ?? []
    const length = queued.reduce((sum, other) => sum + other.length, frame.length)
    if (queued.length < MAX_IN_FLIGHT && length <= MAX_QUEUED_LENGTH) this.#queued = [...queued, frame]
    else this.#refuse(refOf(frame), this.#rateLimited('wait for the answer to hello'))
  }

  #handleQueued(): void {
    while (!this.#authenticating && !this.#isClosing() && this.#queued !== null) {
      const [frame, ...rest] = this.#queued
      this.#queued = rest.length > 0 ? rest : null
      if (frame !== undefined) this.#handle(frame)
    }
  }

  #handle(frame: string): void {
    try {
      this.#dispatch(frame)
      this.#errorsInARow = 0
    } catch (cause) {
      const ref = refOf(frame)
      this.#refuse(ref, cause)
      this.#closeIfFatal(cause)
      const isProtocolError = cause instanceof ReparteeError && (ref === undefined || protocolErrors.has(cause.code))
      this.#errorsInARow = isProtocolError ? this.#errorsInARow + 1 : 0
      if (this.#errorsInARow >= MAX_PROTOCOL_ERRORS) this.#close(4500)
    }
  }

  #dispatch(frame: string): void {
    const message = readFrame(frame)
    if (message.type === 'ping') this.#send({ type: 'pong' })
    else if (message.type === 'hello') this.#handleHello(message)
    else if (this.#actor === null) throw new ReparteeError('hello_required')
    else this.#serve(this.#actor, message)
  }

  #handleHello(hello: Hello): void {
    this.#authenticating = true
    this.#stopHelloTimer()
    this.#authenticate(hello)
      .catch((cause: unknown) => {
        this.#refuse(hello.ref, cause)
        this.#closeIfFatal(cause)
        if (this.#actor === null && cause instanceof ReparteeError && cause.code === 'rate_limited') this.#close(4004)
        if (this.#state === 'connecting') this.#startHelloTimer()
      })
      .finally(() => {
        this.#authenticating = false
        this.#handleQueued()
      })
  }

  async #authenticate(hello: Hello): Promise<void> {
    const { core, node } = this.#deps
    await this.#admit(hello)
    if (this.#isClosing()) return
    const { origin, host, network } = this.#socket
    const request = { siteKey: hello.site, origin, host, network, token: hello.token ?? null }
    const actor = await withDeadline(HELLO_TIMEOUT_MS, authorize(core, request))
    if (this.#isClosing()) return
    if (this.#actor !== null && this.#actor.site.id !== actor.site.id)
      throw new ReparteeError('invalid_request', 'a connection cannot change its site')
    this.#actor = actor
    this.#state = 'ready'
    const { reader } = actor
    this.#send({ type: 'welcome', ref: hello.ref, version: PROTOCOL_VERSION, node, reader, pingMs: PING_MS })
    this.#subscriptions?.setActor(actor)
  }

  /**
   * A connection that only renews its token was admitted before. Unknown site keys share one queue: invented ones would
   * otherwise get a turn each.
   */
  async #admit(hello: Hello): Promise<void> {
    const { core, admission } = this.#deps
    const queue = core.siteCache.knows(hello.site) ? hello.site : ''
    if (this.#actor === null) await admission.enter(queue, () => !this.#isClosing())
  }

  #serve(actor: Actor, message: Exclude<ClientMessage, { type: 'ping' | 'hello' }>): void {
    const { core } = this.#deps
    switch (message.type) {
      case 'subscribe':
        this.#answer(message.ref, () => {
          this.#subscriptions ??= new Subscriptions(this.#deps, this.#socket, actor)
          return this.#subscriptions.subscribe(actor, message.ref, message.thread, message)
        })
        break
      case 'unsubscribe':
        this.#answer(message.ref, async () => {
          await this.#subscriptions?.unsubscribe(message.thread)
          this.#send({ type: 'ok', ref: message.ref, result: {} })
        })
        break
      case 'typing':
        if (actor.expiresAt === undefined || actor.expiresAt > core.now())
          this.#subscriptions?.typing(actor, message.thread)
        break
      default: {
        const { type, ref, ...input } = message
        this.#answer(ref, async () => {
          const current = await withDeadline(DEADLINE_MS, reauthorize(core, actor, this.#socket.origin))
          this.#send({ type: 'ok', ref, result: await execute(core, current, type, input) })
        })
      }
    }
  }

  /** Run what a message asks for; a limited number may wait for the store at a time. */
  #answer(ref: number, work: () => Promise<void>): void {
    if (this.#inFlight >= MAX_IN_FLIGHT) throw this.#rateLimited('too many messages are waiting for an answer')
    this.#inFlight += 1
    work()
      .catch((cause: unknown) => {
        this.#refuse(ref, cause)
        this.#closeIfFatal(cause)
      })
      .finally(() => {
        this.#inFlight -= 1
      })
  }
}
