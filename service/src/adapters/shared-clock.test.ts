import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventually } from '../../testing/eventually.ts'
import type { Logger } from '../core/ports/logger.ts'
import { createSharedClock } from './shared-clock.ts'

const HOUR_MS = 3_600_000
const START_AT = 1_760_000_000_000

/** A machine with its own clock, and a database with the correct time. */
const createWorld = (o: { machineOffMs: number; ways?: readonly { thereMs: number; backMs: number }[] }) => {
  let trueAt = START_AT
  let sleptMs = 0
  let machineOffMs = o.machineOffMs
  let away = false
  let asked = 0
  const gauges: number[] = []
  const lines: string[] = []
  const note = (message: string): void => void lines.push(message)
  const log: Logger = { debug() {}, info: note, warn: note, error: note, child: () => log }
  const clock = createSharedClock({
    ask: async () => {
      if (away) throw new Error('connection refused')
      const { thereMs, backMs } = o.ways?.[asked % o.ways.length] ?? { thereMs: 1, backMs: 1 }
      asked += 1
      trueAt += thereMs
      const answer = Math.round(trueAt)
      trueAt += backMs
      return answer
    },
    machine: () => Math.round(trueAt + machineOffMs),
    steady: () => trueAt - START_AT - sleptMs,
    log,
    metrics: {
      count() {},
      observe() {},
      gauge: (name, value) => void (name === 'clock_offset_seconds' && gauges.push(value)),
    },
  })
  return {
    clock,
    gauges,
    lines,
    /** The error of the shared clock. */
    errorMs: () => clock.now() - trueAt,
    /** Let time pass and timers run. */
    pass: async (ms: number) => {
      trueAt += ms
      await vi.advanceTimersByTimeAsync(ms)
    },
    /** Suspend the machine; only its wall clock advances. */
    sleep: (ms: number) => {
      trueAt += ms
      sleptMs += ms
    },
    setMachine: (offMs: number) => {
      machineOffMs = offMs
    },
    setAway: (value: boolean) => {
      away = value
    },
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('the time is correct within the error bound, for any machine clock and any latency', async () => {
  const way = fc.record({ thereMs: fc.nat(3_000), backMs: fc.nat(3_000) })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -10 * HOUR_MS, max: 10 * HOUR_MS }),
      fc.array(way, { minLength: 5, maxLength: 5 }),
      async (machineOffMs, ways) => {
        const { clock, errorMs } = createWorld({ machineOffMs, ways })
        await clock.measure()
        const unknownMs = Math.min(...ways.map(({ thereMs, backMs }) => (thereMs + backMs) / 2))
        expect(Math.abs(errorMs())).toBeLessThanOrEqual(1_000 + 2 * unknownMs + 2)
        clock.close()
      },
    ),
  )
})

test.each([HOUR_MS, -HOUR_MS])(
  'a machine %i ms off has the correct time, logs the step once, and reports its offset',
  async (machineOffMs) => {
    const { clock, errorMs, gauges, lines } = createWorld({ machineOffMs })
    expect(clock.describe()).toContain('not compared')
    await clock.measure()
    await clock.measure()
    expect(Math.abs(errorMs())).toBeLessThanOrEqual(2)
    expect(gauges).toEqual([-machineOffMs / 1_000, -machineOffMs / 1_000])
    expect(lines).toEqual(['the time was set to the database’s'])
    expect(clock.describe()).toBe(`3600.0 s ${machineOffMs > 0 ? 'ahead of' : 'behind'} the database: corrected`)
  },
)

test('an offset below a second causes no step, but is reported', async () => {
  const { clock, errorMs, gauges, lines } = createWorld({ machineOffMs: 900 })
  await clock.measure()
  expect(errorMs()).toBe(900)
  expect(gauges).toEqual([-0.9])
  expect(lines).toEqual([])
  expect(clock.describe()).toBe('ok')
})

test('a fast sample is preferred to slow ones, whose error may be large', async () => {
  const slow = { thereMs: 4_000, backMs: 0 }
  const mixed = createWorld({ machineOffMs: 0, ways: [slow, slow, { thereMs: 2, backMs: 2 }, slow, slow] })
  const alone = createWorld({ machineOffMs: 0, ways: [slow] })
  for (const { clock, errorMs, lines } of [mixed, alone]) {
    await clock.measure()
    expect(errorMs()).toBe(0)
    expect(lines).toEqual([])
  }
})

test('while the database is unavailable the last correction stays, and the next answer updates it', async () => {
  const { clock, errorMs, gauges, pass, setAway } = createWorld({ machineOffMs: HOUR_MS })
  setAway(true)
  await clock.measure()
  expect(errorMs()).toBe(HOUR_MS)
  setAway(false)
  await eventually(async () => {
    await pass(1_000)
    expect(Math.abs(errorMs())).toBeLessThanOrEqual(2)
  })
  setAway(true)
  await pass(10 * 60_000)
  expect(Math.abs(errorMs())).toBeLessThanOrEqual(2)
  expect(new Set(gauges)).toEqual(new Set([-3_600]))
})

test('setting the machine’s clock does not move the time, and the metric follows within two seconds', async () => {
  const { clock, errorMs, gauges, lines, pass, setMachine } = createWorld({ machineOffMs: 0 })
  await clock.measure()
  setMachine(-HOUR_MS)
  expect(errorMs()).toBe(0)
  await pass(2_000)
  expect(gauges.at(-1)).toBe(3_600)
  setMachine(0)
  await pass(2_000)
  expect(gauges.at(-1)).toBe(0)
  expect(errorMs()).toBe(0)
  expect(lines).toEqual(['this machine’s clock is correct again'])
})

test('a machine that slept for an hour has the correct time within two seconds', async () => {
  const { clock, errorMs, pass, sleep } = createWorld({ machineOffMs: 0 })
  await clock.measure()
  sleep(HOUR_MS)
  expect(errorMs()).toBe(-HOUR_MS)
  await pass(2_000)
  expect(Math.abs(errorMs())).toBeLessThanOrEqual(2)
})

test('without a step the time never goes back', async () => {
  const { clock, pass } = createWorld({
    machineOffMs: 700,
    ways: [
      { thereMs: 3, backMs: 40 },
      { thereMs: 40, backMs: 3 },
    ],
  })
  let last = clock.now()
  for (let turn = 0; turn < 200; turn += 1) {
    await pass(997)
    expect(clock.now()).toBeGreaterThanOrEqual(last)
    last = clock.now()
  }
})
