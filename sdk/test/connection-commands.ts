import fc from 'fast-check'
import { expect, vi } from 'vitest'
import { type ErrorCode, ReparteeError } from '../src/protocol/errors.ts'
import { type Connection, createConnection } from '../src/realtime/connection.ts'
import { type ConnectionModel, PING_MS } from './connection-model.ts'
import { createFakeSocket, type FakeSocket } from './fake-socket.ts'

export type System = ReturnType<typeof createSystem>

const refsOf = (socket: FakeSocket, type: 'hello' | 'unsubscribe'): number[] =>
  socket.sent.flatMap((message) => (message.type === type ? [message.ref] : []))

/** A connection whose sockets, polls, browser events and session belong to the test. `wake` is the browser's. */
export const createSystem = (hasWebSocket: boolean, wake: EventTarget) => {
  const system = {
    sockets: [] as FakeSocket[],
    isForbidden: false,
    polls: [] as { isActive: boolean; fail(retryAfterMs?: number): void }[],
    reported: [] as string[],
    lives: 0,
    canRenew: true,
    token: 'a' as string | undefined,
    outcomes: [] as ('pending' | 'answered' | ErrorCode)[],
    wake: () => wake.dispatchEvent(new Event('online')),
    get current() {
      return system.sockets.find(({ isOpen }) => isOpen)
    },
    get connection(): Connection {
      return connection
    },
    setToken(token: string | undefined) {
      system.token = token
      connection.link?.authenticate()
    },
    /** The hellos that were answered, by socket. */
    answered: new Map<FakeSocket, number>(),
    /** The `ref` of the oldest `hello` that the open socket has not answered. */
    takeHello(): number {
      const socket = system.current
      if (!socket) return 0
      const answered = system.answered.get(socket) ?? 0
      system.answered.set(socket, answered + 1)
      return refsOf(socket, 'hello')[answered] ?? 0
    },
    /** The `ref` of each request. */
    requests: [] as number[],
    request() {
      const at = system.outcomes.push('pending') - 1
      connection.liveLink?.request({ type: 'unsubscribe', thread: 't' }).then(
        () => {
          system.outcomes[at] = 'answered'
        },
        (error: unknown) => {
          system.outcomes[at] = error instanceof ReparteeError ? error.code : 'internal'
        },
      )
      system.requests[at] = (system.current && refsOf(system.current, 'unsubscribe').at(-1)) ?? 0
    },
  }
  const open = () => {
    if (system.isForbidden) throw new DOMException('forbidden by the content security policy', 'SecurityError')
    const socket = createFakeSocket()
    system.sockets.push(socket)
    return socket
  }
  const connection = createConnection({
    open: hasWebSocket ? open : undefined,
    url: 'wss://comments.example',
    site: 'demo',
    session: {
      get token() {
        return system.token
      },
      async renew(rejected) {
        if (system.token !== rejected) return
        if (!system.canRenew) throw new ReparteeError('unavailable')
        system.setToken(`renewed ${rejected}`)
      },
    },
    random: () => 1,
    now: Date.now,
    onStateChange: (state) => void system.reported.push(state),
    onLive: () => {
      system.lives += 1
    },
    onPush(message) {
      if (message.type === 'reconnect') connection.moveAfter(message.afterMs)
    },
    startPolling(onFailed) {
      const poll = { isActive: true, fail: (retryAfterMs?: number) => onFailed(retryAfterMs) }
      system.polls.push(poll)
      return () => {
        poll.isActive = false
      }
    },
  })
  return system
}

/** What must hold after every command, whatever came before it. */
const check = (model: ConnectionModel, system: System): void => {
  const { connection } = system
  expect(connection.state).toBe(model.shown())
  expect(system.sockets.filter(({ isOpen }) => isOpen)).toHaveLength(model.socket === 'none' ? 0 : 1)
  expect(system.sockets).toHaveLength(model.opened)
  expect(system.polls.filter(({ isActive }) => isActive)).toHaveLength(model.polling ? 1 : 0)
  expect(system.lives).toBe(model.welcomes)
  expect(system.sockets.flatMap(({ sent }) => sent).filter(({ type }) => type === 'ping')).toHaveLength(model.pings)
  expect(system.outcomes).toEqual(model.requests.map(({ outcome }) => outcome))
  expect(system.reported.every((state, i) => state !== (system.reported[i - 1] ?? 'idle'))).toBe(true)
  expect(system.reported.at(-1) ?? 'idle').toBe(connection.state)
  if (model.ended || !model.wanted) expect(vi.getTimerCount()).toBe(0)
}

/** Let the promises of a renewal and of requests settle. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve()
}

type Step = {
  readonly name: string
  /** Whether the command makes sense now. */
  when?(model: ConnectionModel): boolean
  run(model: ConnectionModel, system: System): void
}

const command = ({ name, when = () => true, run }: Step): fc.AsyncCommand<ConnectionModel, System> => ({
  check: when,
  async run(model, system) {
    run(model, system)
    await settle()
    check(model, system)
  },
  toString: () => name,
})

const hasFrames = (model: ConnectionModel): boolean => model.socket === 'greeting' || model.socket === 'live'
const retryAfter = fc.option(fc.constantFrom(0, 1_234, 70_001), { nil: undefined })

const closeCodes = [1000, 1001, 1006, 1011, 1012, 4000, 4001, 4004, 4499, 4500, 4501, 4503, 4999] as const
const helloCodes: readonly ErrorCode[] = [
  'unavailable',
  'rate_limited',
  'internal',
  'unsupported_version',
  'site_not_found',
  'origin_not_allowed',
  'invalid_request',
  'unauthenticated',
  'token_expired',
  'token_invalid',
]

const always = (step: Step) => fc.constant(command(step))

const start = always({
  name: 'start',
  run(model, system) {
    model.start()
    system.connection.start()
  },
})
const stop = always({
  name: 'stop',
  run(model, system) {
    model.stop()
    system.connection.stop()
  },
})
const close = always({
  name: 'close',
  run(model, system) {
    model.close()
    system.connection.close()
  },
})
const openSocket = (model: ConnectionModel, system: System): void => {
  model.open()
  system.current?.deliver('open')
}
const acceptHello = (model: ConnectionModel, system: System): void => {
  const ref = system.takeHello()
  model.welcome()
  system.current?.receive({ type: 'welcome', ref, version: 1, node: 'n', reader: null, pingMs: PING_MS })
}
const open = always({ name: 'the socket opens', when: (model) => model.socket === 'opening', run: openSocket })
const welcome = always({ name: 'welcome', when: (model) => model.hellos.length > 0, run: acceptHello })
const goLive = always({
  name: 'the socket opens and is welcomed',
  when: (model) => model.socket === 'opening',
  run(model, system) {
    openSocket(model, system)
    acceptHello(model, system)
  },
})
const refuseWith = (codes: readonly ErrorCode[]) =>
  fc.tuple(fc.constantFrom(...codes), retryAfter, fc.boolean()).map(([code, retryAfterMs, canRenew]) =>
    command({
      name: `hello refused with ${code}${canRenew ? '' : ', no renewal'}`,
      when: (model) => model.hellos.length > 0,
      run(model, system) {
        const ref = system.takeHello()
        system.canRenew = canRenew
        model.refuse(code, retryAfterMs, canRenew)
        const error = { code, message: code, ...(retryAfterMs !== undefined && { retryAfterMs }) }
        system.current?.receive({ type: 'error', ref, error })
      },
    }),
  )
const serverCloses = fc.constantFrom(...closeCodes).map((code) =>
  command({
    name: `the server closes with ${code}`,
    when: (model) => model.socket !== 'none',
    run(model, system) {
      if (code >= 4500) model.close()
      else model.fail()
      system.current?.closeFromServer(code)
    },
  }),
)
const frame = always({
  name: 'a frame',
  when: hasFrames,
  run(model, system) {
    model.hear()
    system.current?.receive({ type: 'pong' })
  },
})
const move = fc.constantFrom(0, 1_801, 9_007).map((afterMs) =>
  command({
    name: `reconnect after ${afterMs} ms`,
    when: hasFrames,
    run(model, system) {
      model.move(afterMs)
      system.current?.receive({ type: 'reconnect', afterMs })
    },
  }),
)
const pollFails = retryAfter.map((retryAfterMs) =>
  command({
    name: 'polling fails',
    when: (model) => model.polling,
    run(model, system) {
      model.failPolling(retryAfterMs)
      system.polls.find(({ isActive }) => isActive)?.fail(retryAfterMs)
    },
  }),
)
const wake = always({
  name: 'the browser wakes up',
  run(model, system) {
    model.wake()
    system.wake()
  },
})
const changeToken = fc.constantFrom('a', 'b', 'c', undefined).map((token) =>
  command({
    name: `the token becomes ${token}`,
    run(model, system) {
      model.changeToken(token)
      system.setToken(token)
    },
  }),
)
const request = always({
  name: 'a request',
  when: (model) => model.shown() === 'live',
  run(model, system) {
    model.request()
    system.request()
  },
})
const answer = always({
  name: 'an answer',
  when: (model) => model.requests.some(({ outcome }) => outcome === 'pending'),
  run(model, system) {
    const ref = system.requests[model.requests.findIndex(({ outcome }) => outcome === 'pending')] ?? 0
    model.answer()
    system.current?.receive({ type: 'ok', ref, result: {} })
  },
})
const late = fc.nat().map((index) =>
  command({
    name: 'events of a socket that has ended',
    run(_, system) {
      const ended = system.sockets.filter(({ isOpen }) => !isOpen)
      const socket = ended[index % Math.max(1, ended.length)]
      if (!socket) return
      socket.deliver('open')
      for (let ref = 1; ref < 5; ref += 1)
        socket.receive({ type: 'welcome', ref, version: 1, node: 'n', reader: null, pingMs: PING_MS })
      socket.receive({ type: 'reconnect', afterMs: 0 })
      socket.deliver('error')
      socket.deliver('close', { code: 4500 })
    },
  }),
)
const forbid = fc.boolean().map((isForbidden) =>
  command({
    name: `WebSocket is ${isForbidden ? 'forbidden' : 'allowed'}`,
    run(model, system) {
      model.isForbidden = isForbidden
      system.isForbidden = isForbidden
    },
  }),
)
const advance = fc
  .oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 3_000, max: 25_000 }), fc.constantFrom(60_000, 200_000))
  .map((ms) =>
    command({
      name: `${ms} ms pass`,
      run(model) {
        model.advance(ms)
        vi.advanceTimersByTime(ms)
      },
    }),
  )

const weighted: readonly (readonly [weight: number, step: fc.Arbitrary<fc.AsyncCommand<ConnectionModel, System>>])[] = [
  [4, start],
  [4, open],
  [6, welcome],
  [8, goLive],
  [3, refuseWith(helloCodes)],
  [3, refuseWith(['token_expired', 'token_invalid'])],
  [6, serverCloses],
  [3, frame],
  [4, move],
  [3, pollFails],
  [3, wake],
  [5, changeToken],
  [3, request],
  [3, answer],
  [3, late],
  [2, forbid],
  [10, advance],
  [1, stop],
  [1, close],
]

/** Everything that can happen to a connection, in any order. What moves it forward is drawn more often. */
export const connectionCommands = fc.commands(
  weighted.flatMap(([weight, step]) => Array.from({ length: weight }, () => step)),
  { size: 'max', maxCommands: 60 },
)
