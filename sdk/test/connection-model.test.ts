import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ConnectionEvent, connectionTable, type Phase } from '../src/realtime/connection-table.ts'
import { connectionCommands, createSystem } from './connection-commands.ts'
import { createConnectionModel } from './connection-model.ts'

const phases = Object.keys(connectionTable) as Phase[]
const rows = { ...connectionTable }

/** The pairs that the connection looked up, as `phase event`. */
let lookedUp = new Set<string>()

beforeEach(() => {
  lookedUp = new Set()
  for (const phase of phases)
    Reflect.set(
      connectionTable,
      phase,
      new Proxy(rows[phase], {
        get(row, event) {
          lookedUp.add(`${phase} ${String(event)}`)
          return Reflect.get(row, event)
        },
      }),
    )
})
afterEach(() => void Object.assign(connectionTable, rows))

/** Compare a connection with the model over many sequences, each with a clock and browser events of its own. */
const compare = (hasWebSocket: boolean, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(connectionCommands, async (commands) => {
      const page = new EventTarget()
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
      vi.stubGlobal('document', new EventTarget())
      vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
      vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
      try {
        const real = createSystem(hasWebSocket, page)
        await fc.asyncModelRun(() => ({ model: createConnectionModel(hasWebSocket), real }), commands)
        real.connection.close()
        expect(vi.getTimerCount()).toBe(0)
        expect(real.sockets.some(({ isOpen }) => isOpen)).toBe(false)
        expect(real.polls.some(({ isActive }) => isActive)).toBe(false)
        await Promise.resolve()
        expect(real.outcomes).not.toContain('pending')
      } finally {
        vi.unstubAllGlobals()
        vi.useRealTimers()
      }
    }),
    { numRuns },
  )

/** What the table calls ignored. Any other pair without a transition is called impossible. */
const ignored: Readonly<Record<Phase, readonly ConnectionEvent[]>> = {
  idle: ['stop'],
  connecting: ['start', 'woken'],
  connectingAgain: ['start', 'woken'],
  waiting: ['start'],
  waitingAgain: ['start'],
  live: ['start'],
  moving: ['start'],
  moved: ['start', 'woken'],
  polling: ['start'],
  upgrading: ['start', 'woken'],
  closed: ['start', 'stop', 'close'],
}

const expected = phases.flatMap((phase) =>
  [...Object.keys(rows[phase]), ...ignored[phase]].map((event) => `${phase} ${event}`),
)

test('in any order of events the connection does what the model says, and takes every transition of the table', async () => {
  // Sequences are random: a rare transition may need more of them.
  for (let round = 0; round < 20 && (round === 0 || lookedUp.size < expected.length); round += 1)
    await compare(true, 300)
  expect([...lookedUp].toSorted()).toEqual(expected.toSorted())
})

test('the same holds where the platform has no WebSocket', () => compare(false, 100))

test('on one connection a token is renewed each time it has expired, but not twice in a row', async () => {
  const { connection, setToken, ...system } = createSystem(true, new EventTarget())
  connection.start()
  const [socket] = system.sockets
  const hellos = () => (socket?.sent ?? []).flatMap((message) => (message.type === 'hello' ? [message] : []))
  const refuseLast = async (): Promise<void> => {
    const ref = hellos().at(-1)?.ref ?? 0
    socket?.receive({ type: 'error', ref, error: { code: 'token_expired', message: 'expired' } })
    await Promise.resolve()
  }
  socket?.deliver('open')
  await refuseLast()
  socket?.receive({ type: 'welcome', ref: 2, version: 1, node: 'n', reader: null, pingMs: 60_000 })
  setToken('b')
  await refuseLast()
  expect(hellos().map(({ token }) => token)).toEqual(['a', 'renewed a', 'b', 'renewed b'])
  expect(connection.state).toBe('live')
  await refuseLast()
  expect(hellos()).toHaveLength(4)
  expect(connection.state).toBe('waiting')
  connection.close()
})
