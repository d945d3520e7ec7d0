import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createWorld, SLOW_MS, type World } from './active-thread-world.ts'
import { useFakeTime } from './fake-time.ts'

useFakeTime()

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

test('what is read from the store is sent without what arrived in the meantime', async () => {
  const { commit, deliver, startAt, setStore, thread, violations } = await createWorld()
  await commit(3)
  startAt(0)
  setStore('slow')
  const caughtUp = thread.catchUp()
  await vi.advanceTimersByTimeAsync(SLOW_MS)
  deliver(0, 1)
  await vi.advanceTimersByTimeAsync(SLOW_MS * 3)
  await caughtUp
  expect(thread.head).toBe(3)
  expect(violations).toEqual([])
})

test('a state read before a reload is not used after it', async () => {
  const { startAt, stateReads, thread } = await createWorld()
  startAt(0)
  await thread.readState()
  await thread.readState()
  expect(stateReads.started).toBe(1)
  thread.reload()
  startAt(0)
  await thread.readState()
  expect(stateReads.started).toBe(2)
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
