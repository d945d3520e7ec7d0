import { type Delta, newId, type ServerMessage } from '@repartee/sdk/protocol'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createMemoryBus } from '../../src/adapters/memory/memory-bus.ts'
import type { Store } from '../../src/core/ports/store.ts'
import { toDelta } from '../../src/core/threads/to-delta.ts'
import { ActiveThread } from '../../src/realtime/active-thread.ts'
import { type DeltaFrame, toFrame } from '../../src/realtime/frame.ts'
import { mergeDeltas } from '../../src/realtime/merge.ts'
import { createMemoryStore } from '../../testing/memory-store.ts'
import { countingMetrics, demoSite, newComment, quietLog } from '../../testing/realtime-setup.ts'
import { useFakeTime } from './fake-time.ts'

useFakeTime()

const MAX_HELD = 64
/** Twice for every call of the store, so that much can happen in between. */
const SLOW_MS = 250

/** Counts reads, each of one call or more, and reports when two are in progress at a time. */
const oneAtATime = (report: () => void) => {
  let running = 0
  let started = 0
  return {
    get started() {
      return started
    },
    async run<T>(work: Promise<T>, step: 'first' | 'later' = 'first'): Promise<T> {
      running += 1
      if (step === 'first') started += 1
      if (running > 1) report()
      try {
        return await work
      } finally {
        running -= 1
      }
    },
  }
}

/**
 * A feed over a store that can be slow or down, and beside it the simplest account of what its subscribers were sent:
 * a position, and the frames that were delivered but could not be sent yet.
 */
const createWorld = async () => {
  const site = demoSite()
  const id = newId()
  let mode: 'ok' | 'slow' | 'down' = 'ok'
  const latency = async () => {
    if (mode === 'slow') await new Promise<void>((resolve) => setTimeout(resolve, SLOW_MS))
  }
  const memory = createMemoryStore({ site, latency })
  memory.open(id)
  const setStore = (next: typeof mode): void => {
    mode = next
    memory.setDown(next === 'down')
  }
  /** What each commit made, in order: commit `i` leads from `i` to `i + 1`. */
  const deltas: Delta[] = []

  /** What went wrong where an assertion would be taken for a failure of the store. */
  const violations: string[] = []
  const stateReads = oneAtATime(() => violations.push('the state was read twice at a time'))
  const catchUps = oneAtATime(() => violations.push('missing changes were read twice at a time'))
  let readingState = false
  const counted = countingMetrics()
  const metrics = {
    ...counted,
    count(name: string, labels?: Record<string, string>) {
      if (name === 'thread_reads' && labels?.what === 'state') readingState = true
      counted.count(name as Parameters<typeof counted.count>[0], labels)
    },
  }
  const { store } = memory
  const watched: Store = {
    ...store,
    threads: {
      ...store.threads,
      find(siteId, threadId) {
        const reads = readingState ? stateReads : catchUps
        readingState = false
        return reads.run(store.threads.find(siteId, threadId))
      },
    },
    comments: { ...store.comments, changedSince: (q) => catchUps.run(store.comments.changedSince(q), 'later') },
  }

  const model = {
    position: null as number | null,
    closed: false,
    /** Times at which whoever waits for the next position has to be woken. */
    moves: 0,
    /** Delivered and not sent. */
    held: [] as DeltaFrame[],
    /** Whether `held` is known exactly: the feed may drop frames once the store was asked. */
    exact: true,
    /** The end of the newest frame delivered since there is a position. */
    newest: 0,
  }
  const moveTo = (position: number | null): void => {
    model.position = position
    model.moves += 1
    model.held = position === null ? [] : model.held.filter((frame) => frame.to > position)
    if (position === null) model.newest = 0
    if (model.held.length === 0) model.exact = true
  }

  let sentFrames = 0
  const log = quietLog()
  const thread = new ActiveThread(
    { siteId: site.id, threadId: id },
    {
      sockets: {
        publish(_topic, text) {
          const message = JSON.parse(text) as ServerMessage
          if (model.closed) violations.push(`sent after the end: ${text}`)
          if (message.type === 'reload') return moveTo(null)
          if (message.type !== 'delta') throw new Error(`unexpected ${text}`)
          const { from, to, changes } = message
          sentFrames += 1
          const at = `${from} to ${to} at ${model.position}`
          if (model.position !== null) {
            if (from > model.position) violations.push(`a gap: ${at}`)
            if (to <= model.position) violations.push(`nothing new: ${at}`)
          }
          const seqs = new Set(changes.map(({ seq }) => seq))
          for (let seq = from + 1; seq <= to; seq += 1) if (!seqs.has(seq)) violations.push(`${seq} is missing: ${at}`)
          moveTo(to)
        },
      },
      store: watched,
      bus: createMemoryBus(),
      metrics,
      log,
      now: Date.now,
    },
  )

  return {
    thread,
    model,
    log,
    deltas,
    catchUps,
    stateReads,
    violations,
    /** Another node, which reaches the store, commits. */
    async commit(count: number) {
      const before = mode
      setStore('ok')
      for (let i = 0; i < count; i += 1) {
        const written = await store.comments.insert(site.id, id, [newComment()])
        if (written === null) throw new Error('not stored')
        deltas.push(toDelta(id, written))
      }
      setStore(before)
    },
    setStore,
    deliver(from: number, to: number) {
      const range = deltas.slice(from, to)
      const [first, ...rest] = range
      if (first === undefined) return
      const frame = toFrame(rest.reduce(mergeDeltas, first))
      if (!model.closed) {
        if (model.position !== null && frame.to > model.position) {
          model.newest = Math.max(model.newest, frame.to)
          if (frame.from > model.position) model.held.push(frame)
          if (model.held.length > MAX_HELD) model.exact = false
        }
      }
      const before = { ...model, held: [...model.held] }
      sentFrames = 0
      thread.deliver(frame)
      expect(sentFrames, 'frames held').toBeLessThanOrEqual(MAX_HELD + 1)
      if (model.closed) return
      if (before.position === null) expect(model.position).toBe(frame.to)
      else if (frame.from <= before.position) expect(model.position).toBeGreaterThanOrEqual(frame.to)
      if (before.position === null || !before.exact) return
      let reached = frame.from <= before.position ? Math.max(before.position, frame.to) : before.position
      for (const held of before.held.sort((a, b) => a.from - b.from))
        if (held.from <= reached) reached = Math.max(reached, held.to)
      expect(model.position, 'everything that follows without a gap is sent').toBe(reached)
    },
    startAt(position: number) {
      const starts = model.position === null && !model.closed
      if (starts) moveTo(position)
      thread.startAt(position)
    },
    close() {
      if (!model.closed) model.moves += 1
      model.closed = true
      model.position = null
      thread.close()
    },
  }
}
type World = Awaited<ReturnType<typeof createWorld>>

type Act =
  | { do: 'commit'; count: number }
  | { do: 'deliver'; offset: number; span: number }
  | { do: 'flood'; count: number }
  | { do: 'startAt'; back: number }
  | { do: 'store'; mode: 'ok' | 'slow' | 'down' }
  | { do: 'wait'; ms: number }
  | { do: 'reload' | 'invalidate' | 'catchUp' | 'readState' | 'listen' | 'unlisten' | 'close' }

const plain = <T extends Act['do']>(name: T) => fc.constant({ do: name })
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('commit' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      offset: fc.oneof(fc.constant(0), fc.integer({ min: -3, max: 6 }), fc.integer({ min: 0, max: 90 })),
      span: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flood' as const), count: fc.integer({ min: 60, max: 90 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('startAt' as const), back: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('store' as const), mode: fc.constantFrom('ok', 'slow', 'down') }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(400) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1_000, max: 20_000 }) }),
  },
  { weight: 1, arbitrary: plain('reload') },
  { weight: 1, arbitrary: plain('invalidate') },
  { weight: 3, arbitrary: plain('catchUp') },
  { weight: 3, arbitrary: plain('readState') },
  { weight: 3, arbitrary: plain('listen') },
  { weight: 1, arbitrary: plain('unlisten') },
) as fc.Arbitrary<Act>

const play = async (acts: readonly Act[], settles: boolean): Promise<World> => {
  const world = await createWorld()
  const { thread, model, deltas } = world
  const listeners: { calls: number; readonly since: number; cancel: () => void; cancelled: boolean }[] = []
  let committedAtInvalidation = 0

  const check = (): void => {
    expect(world.violations).toEqual([])
    expect(thread.head).toBe(model.position)
    for (const { calls, since, cancelled } of listeners)
      if (!cancelled) expect(calls, 'calls of a listener').toBe(model.moves > since ? 1 : 0)
  }

  for (const step of acts) {
    const readsBefore = world.catchUps.started
    switch (step.do) {
      case 'commit':
        await world.commit(step.count)
        break
      case 'deliver': {
        const from = Math.max(0, Math.min((model.position ?? 0) + step.offset, deltas.length - 1))
        world.deliver(from, from + step.span)
        break
      }
      case 'flood': {
        // All but the first, which may come later or never.
        const from = deltas.length
        await world.commit(step.count)
        for (let i = from + 1; i < from + step.count; i += 1) world.deliver(i, i + 1)
        break
      }
      case 'startAt':
        world.startAt(Math.max(0, deltas.length - step.back))
        break
      case 'store':
        world.setStore(step.mode)
        break
      case 'wait':
        await vi.advanceTimersByTimeAsync(step.ms)
        break
      case 'reload':
        thread.reload()
        if (!model.closed) committedAtInvalidation = deltas.length
        break
      case 'invalidate':
        thread.invalidate()
        committedAtInvalidation = deltas.length
        break
      case 'catchUp':
        void thread.catchUp()
        break
      case 'readState': {
        const least = committedAtInvalidation
        thread.readState().then(
          ({ state }) => {
            if ((state?.head ?? 0) < least)
              world.violations.push(`the state of ${state?.head} after ${least} was invalid`)
          },
          () => undefined,
        )
        break
      }
      case 'listen': {
        const listener = { calls: 0, since: model.moves, cancelled: false, cancel: (): void => undefined }
        listener.cancel = thread.onAdvance(() => {
          listener.calls += 1
        })
        listeners.push(listener)
        break
      }
      case 'unlisten': {
        const last = listeners.at(-1)
        if (last === undefined || last.calls > 0) break
        last.cancel()
        last.cancelled = true
        break
      }
      case 'close':
        world.close()
    }
    if (world.catchUps.started > readsBefore) model.exact = model.held.length === 0
    check()
  }

  // Whatever was missing, it is there once the store answers.
  world.setStore('ok')
  if (settles) await vi.advanceTimersByTimeAsync(5_000)
  check()
  if (settles && model.position !== null) {
    expect(model.position).toBeGreaterThanOrEqual(model.newest)
    await thread.catchUp()
    check()
    expect(model.position).toBe(deltas.length)
    expect(vi.getTimerCount()).toBe(0)
  }

  const reads = world.catchUps.started
  world.close()
  check()
  const called = listeners.map(({ calls }) => calls)
  for (const late of [() => world.deliver(0, 1), () => world.startAt(0), () => thread.reload(), () => world.close()])
    late()
  const ended = thread.catchUp()
  await vi.advanceTimersByTimeAsync(30_000)
  await ended
  expect(world.violations).toEqual([])
  expect(listeners.map(({ calls }) => calls)).toEqual(called)
  expect(world.catchUps.started).toBe(reads)
  expect(vi.getTimerCount()).toBe(0)
  expect(world.log.lines.filter((line) => line.startsWith('impossible'))).toEqual([])
  return world
}

test('whatever frames arrive in whatever order, subscribers get every change in order and without a gap', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 80 }), fc.boolean(), async (acts, settles) => {
      await play(acts, settles)
    }),
    { numRuns: 300 },
  )
})

test('a state that was being read when messages were missed is not given to later callers', async () => {
  const { thread, commit, setStore, stateReads } = await createWorld()
  setStore('slow')
  const before = thread.readState()
  await vi.advanceTimersByTimeAsync(SLOW_MS)
  await commit(1)
  thread.invalidate()
  const after = thread.readState()
  await vi.advanceTimersByTimeAsync(SLOW_MS * 4)
  expect((await before).state?.head).toBe(0)
  expect((await after).state?.head).toBe(1)
  expect(stateReads.started).toBe(2)
})

test('a state that was being read when messages were missed is not cached', async () => {
  const { thread, commit, setStore } = await createWorld()
  thread.startAt(0)
  setStore('slow')
  const before = thread.readState()
  await vi.advanceTimersByTimeAsync(SLOW_MS)
  await commit(1)
  thread.invalidate()
  await vi.advanceTimersByTimeAsync(SLOW_MS)
  expect((await before).state?.head).toBe(0)
  setStore('ok')
  expect((await thread.readState()).state?.head).toBe(1)
})

test('a frame that overtakes another while the store is read is sent after it, without another read', async () => {
  const { commit, deliver, startAt, setStore, catchUps, thread } = await createWorld()
  startAt(0)
  setStore('slow')
  await commit(3)
  const caughtUp = thread.catchUp()
  await vi.advanceTimersByTimeAsync(SLOW_MS)
  // Not in what is read: the head was read before.
  await commit(2)
  deliver(4, 5)
  await vi.advanceTimersByTimeAsync(SLOW_MS * 3)
  await caughtUp
  expect(thread.head).toBe(3)
  deliver(3, 4)
  expect(thread.head).toBe(5)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(catchUps.started).toBe(1)
})

test('after a reload the next read waits for the obsolete one, which sends nothing', async () => {
  const { commit, startAt, setStore, catchUps, thread, violations } = await createWorld()
  await commit(1)
  startAt(0)
  setStore('slow')
  const obsolete = thread.catchUp()
  await vi.advanceTimersByTimeAsync(SLOW_MS)
  thread.reload()
  await commit(1)
  startAt(1)
  const caughtUp = thread.catchUp()
  await vi.advanceTimersByTimeAsync(SLOW_MS * 8)
  await Promise.all([obsolete, caughtUp])
  expect(thread.head).toBe(2)
  expect(catchUps.started).toBe(2)
  expect(violations).toEqual([])
})

test('a frame held before a reload is not sent after it', async () => {
  const { commit, deliver, startAt, thread } = await createWorld()
  await commit(3)
  startAt(0)
  deliver(2, 3)
  thread.reload()
  startAt(0)
  deliver(0, 2)
  expect(thread.head).toBe(2)
})

test('a frame that was never committed costs one read and delays nothing afterwards', async () => {
  const { thread, commit, deliver, startAt, catchUps } = await createWorld()
  await commit(1)
  startAt(1)
  thread.deliver({ from: 900, to: 901, text: '{}' })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(catchUps.started).toBe(1)
  await commit(2)
  deliver(2, 3)
  deliver(1, 2)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(thread.head).toBe(3)
  expect(catchUps.started).toBe(1)
})
