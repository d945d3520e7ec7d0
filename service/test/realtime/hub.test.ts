import { expect, test, vi } from 'vitest'
import { createMemoryBus } from '../../src/adapters/memory/memory-bus.ts'
import { createMemoryPresence } from '../../src/adapters/memory/memory-presence.ts'
import type { Bus } from '../../src/core/ports/bus.ts'
import { decodeBusMessage, encodeBusMessage } from '../../src/realtime/bus-message.ts'
import { toFrame } from '../../src/realtime/frame.ts'
import { topicOf } from '../../src/realtime/topic.ts'
import { created } from './deltas.ts'
import { useFakeTime } from './fake-time.ts'
import { attach, ranges, setup } from './hub-setup.ts'

useFakeTime()

test('a bus message carries its frame byte for byte, and any other text decodes to null', () => {
  const frame = toFrame(created(7, { html: '<p>xin chào\n"👋"\u2028</p>' }))
  expect(decodeBusMessage(encodeBusMessage({ type: 'delta', node: 'a', frame }))).toEqual({
    type: 'delta',
    node: 'a',
    frame,
  })
  expect(decodeBusMessage(encodeBusMessage({ type: 'presence', node: 'a' }))).toEqual({ type: 'presence', node: 'a' })
  for (const text of [
    '',
    '{}',
    'null',
    '7',
    '{"n":1}',
    '{"n":"a","from":2,"to":1}\n{}',
    '{"n":"a","from":"0","to":1}\n{}',
  ])
    expect(decodeBusMessage(text)).toBeNull()
})

test('a change reaches the sockets of both nodes as the same bytes, and those of its own node once', async () => {
  const { ref, commit, node, medium } = await setup(3)
  const [a, b] = [node(), node()]
  await attach(a, ref)
  await attach(b, ref)
  const frames: string[][] = [[], []]
  a.topics.set(topicOf(ref), new Set([(frame: string) => void frames[0]?.push(frame)]))
  b.topics.set(topicOf(ref), new Set([(frame: string) => void frames[1]?.push(frame)]))
  a.hub.publish(ref.siteId, await commit())
  expect(frames).toEqual([[], []])
  await vi.advanceTimersByTimeAsync(10)
  expect(frames[0]).toHaveLength(1)
  expect(frames[1]).toEqual(frames[0])
  expect(medium.nodes.size).toBe(2)
})

test('frames that overtook others on the bus are sent in order, without reading the database', async () => {
  const { ref, commit, node, record, medium } = await setup(2)
  const b = node()
  await attach(b, ref)
  const received = record(b)
  const other = createMemoryBus(medium)
  const deltas = [await commit(), await commit(), await commit()]
  const read = vi.spyOn(b.deps.store.comments, 'changedSince')
  for (const i of [2, 1, 0]) {
    const delta = deltas[i]
    if (delta) other.publish(topicOf(ref), encodeBusMessage({ type: 'delta', node: 'other', frame: toFrame(delta) }))
    await vi.advanceTimersByTimeAsync(50)
  }
  expect(ranges(received)).toEqual([
    [2, 3],
    [3, 4],
    [4, 5],
  ])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(read).not.toHaveBeenCalled()
})

test('a lost message is read from the database within half a second of the next one, once for all sockets', async () => {
  const { ref, commit, node, record, medium } = await setup(2)
  const b = node()
  await attach(b, ref)
  const received = record(b)
  const other = createMemoryBus(medium)
  await commit()
  const read = vi.spyOn(b.deps.store.comments, 'changedSince')
  for (let i = 0; i < 3; i += 1) {
    const frame = toFrame(await commit())
    other.publish(topicOf(ref), encodeBusMessage({ type: 'delta', node: 'other', frame }))
  }
  await vi.advanceTimersByTimeAsync(500)
  expect(ranges(received)).toEqual([[2, 6]])
  expect(read).toHaveBeenCalledTimes(1)
})

test('a lost message that no other follows is found by the sweep within twenty seconds', async () => {
  const { ref, commit, node, record } = await setup(2)
  const b = node()
  await attach(b, ref)
  const received = record(b)
  await commit()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(received).toEqual([])
  await vi.advanceTimersByTimeAsync(15_000)
  expect(ranges(received)).toEqual([[2, 3]])
})

test('while the bus is degraded changes arrive within two seconds, and so do those from just before it recovered', async () => {
  const { ref, commit, node, record } = await setup(2)
  let degraded = true
  const b = node({ ...createMemoryBus(), degraded: () => degraded })
  await attach(b, ref)
  const received = record(b)
  await vi.advanceTimersByTimeAsync(2_000)
  await commit()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(ranges(received)).toEqual([[2, 3]])
  degraded = false
  await commit()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(ranges(received)).toEqual([
    [2, 3],
    [3, 4],
  ])
})

test('a gap that cannot be read because the database is unavailable is filled soon after it is back', async () => {
  const { ref, commit, node, record, medium, memory } = await setup(2)
  const b = node()
  await attach(b, ref)
  const received = record(b)
  await commit()
  const frame = toFrame(await commit())
  memory.setDown(true)
  createMemoryBus(medium).publish(topicOf(ref), encodeBusMessage({ type: 'delta', node: 'other', frame }))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(received).toEqual([])
  memory.setDown(false)
  await vi.advanceTimersByTimeAsync(1_500)
  expect(ranges(received)).toEqual([[2, 4]])
})

test('when the database has lost its last changes all subscribers are told to reload, within one epoch too', async () => {
  const { ref, thread, node, record, memory, commit } = await setup(6)
  const b = node()
  await attach(b, ref)
  const received = record(b)
  memory.restore(thread, 4, true)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(received).toEqual([{ type: 'reload', thread }])
  await attach(b, ref)
  b.hub.publish(ref.siteId, await commit())
  await vi.advanceTimersByTimeAsync(10)
  expect(ranges(received)).toEqual([[4, 5]])
})

test('an unreadable message on the bus has no effect', async () => {
  const { ref, commit, node, record, medium } = await setup(2)
  const b = node()
  await attach(b, ref)
  const received = record(b)
  const other = createMemoryBus(medium)
  for (const text of ['', 'x', '{"n":"x","from":900,"to":901}\n{}']) other.publish(topicOf(ref), text)
  await vi.advanceTimersByTimeAsync(1_000)
  const frame = toFrame(await commit())
  other.publish(topicOf(ref), encodeBusMessage({ type: 'delta', node: 'x', frame }))
  await vi.advanceTimersByTimeAsync(10)
  expect(ranges(received)).toEqual([[2, 3]])
})

test('there is one bus subscription per thread, until five seconds after the last reader left', async () => {
  const { ref, node } = await setup()
  const bus = createMemoryBus()
  const stop = vi.fn()
  const subscribe = vi.fn<Bus['subscribe']>(() => stop)
  const { hub } = node({ ...bus, subscribe })
  hub.join(ref)
  hub.join(ref)
  hub.leave(ref)
  hub.leave(ref)
  await vi.advanceTimersByTimeAsync(4_000)
  hub.join(ref)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(subscribe).toHaveBeenCalledTimes(1)
  expect(stop).not.toHaveBeenCalled()
  hub.leave(ref)
  hub.leave(ref)
  await vi.advanceTimersByTimeAsync(4_900)
  expect(stop).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(200)
  expect(stop).toHaveBeenCalledTimes(1)
  expect(hub.head(ref)).toBeNull()
})

test('a long-poll ends with the next change, at once if that was before it began', async () => {
  const { ref, commit, node } = await setup(2)
  const a = node()
  const never = new AbortController().signal
  let done = false
  const poll = a.hub.waitForChange(ref, 2, 25_000, never).then(() => {
    done = true
  })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(done).toBe(false)
  a.hub.publish(ref.siteId, await commit())
  await vi.advanceTimersByTimeAsync(10)
  expect(done).toBe(true)
  await poll
  await a.hub.waitForChange(ref, 2, 25_000, never)
})

test('a long-poll ends on timeout or when its client disconnects, and releases the thread', async () => {
  const { ref, node } = await setup(2)
  const a = node()
  const client = new AbortController()
  const results: string[] = []
  a.hub.waitForChange(ref, 2, 10_000, new AbortController().signal).then(() => results.push('over'))
  a.hub.waitForChange(ref, 2, 25_000, client.signal).then(() => results.push('gone'))
  await vi.advanceTimersByTimeAsync(5_000)
  client.abort()
  await vi.advanceTimersByTimeAsync(0)
  expect(results).toEqual(['gone'])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(results).toEqual(['gone', 'over'])
  await vi.advanceTimersByTimeAsync(6_000)
  expect(a.hub.head(ref)).toBeNull()
})

test('closing ends long-polls at once', async () => {
  const { ref, node } = await setup(2)
  const a = node()
  let done = false
  const poll = a.hub.waitForChange(ref, 2, 25_000, new AbortController().signal).then(() => {
    done = true
  })
  await vi.advanceTimersByTimeAsync(1_000)
  await a.hub.close()
  await vi.advanceTimersByTimeAsync(0)
  expect(done).toBe(true)
  await poll
})

test('presence is sent at most once a second and only when it differs, on every node', async () => {
  const { ref, node, record } = await setup()
  const presence = createMemoryPresence({ now: Date.now })
  const [a, b] = [node(undefined, presence), node(undefined, presence)]
  await attach(a, ref)
  await attach(b, ref)
  const received = [record(a), record(b)]
  const topic = topicOf(ref)
  for (let i = 0; i < 40; i += 1) {
    await presence.join(topic, `c${i}`, `v${i}`)
    a.hub.presenceChanged(ref)
    await vi.advanceTimersByTimeAsync(50)
  }
  await vi.advanceTimersByTimeAsync(2_000)
  for (const messages of received) {
    expect(messages.length).toBeGreaterThanOrEqual(2)
    expect(messages.length).toBeLessThanOrEqual(5)
    expect(messages.at(-1)).toEqual({ type: 'presence', thread: ref.threadId, count: 40, typing: [] })
  }
  const before = received.map((messages) => messages.length)
  for (let i = 0; i < 20; i += 1) a.hub.presenceChanged(ref)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(received.map((messages) => messages.length)).toEqual(before)
})

test('readers of a crashed node are no longer counted once their presence has expired', async () => {
  const { ref, node, record } = await setup()
  const presence = createMemoryPresence({ now: Date.now })
  const a = node(undefined, presence)
  await attach(a, ref)
  const received = record(a)
  await presence.join(topicOf(ref), 'elsewhere', 'bob')
  await presence.join(topicOf(ref), 'here', 'ann')
  a.hub.presenceChanged(ref)
  for (let i = 0; i < 4; i += 1) {
    await vi.advanceTimersByTimeAsync(25_000)
    await presence.join(topicOf(ref), 'here', 'ann')
  }
  expect(received.map((message) => (message.type === 'presence' ? message.count : null))).toEqual([2, 1])
})

test('typing expires by itself and readers are sent the new state', async () => {
  const { ref, node, record } = await setup()
  const a = node()
  await attach(a, ref)
  const received = record(a)
  await a.deps.presence.join(topicOf(ref), 'c1', 'ann')
  await a.deps.presence.typing(topicOf(ref), 'ann', 'Ann')
  a.hub.presenceChanged(ref)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(received.at(-1)).toMatchObject({ typing: ['Ann'] })
  await vi.advanceTimersByTimeAsync(8_000)
  expect(received.at(-1)).toMatchObject({ count: 1, typing: [] })
})

test('closing sends what waits and stops every timer', async () => {
  const { ref, commit, node, record } = await setup(1)
  const a = node()
  await attach(a, ref)
  const received = record(a)
  a.hub.publish(ref.siteId, await commit())
  await a.hub.close()
  expect(ranges(received)).toEqual([[1, 2]])
  expect(vi.getTimerCount()).toBe(0)
})
