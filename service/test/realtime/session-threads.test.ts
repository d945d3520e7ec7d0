import { newId } from '@repartee/sdk/protocol'
import { expect, test, vi } from 'vitest'
import { newComment } from '../../testing/realtime-setup.ts'
import { useFakeTime } from './fake-time.ts'
import { codes, settle, setup } from './session-setup.ts'

useFakeTime()

test('a subscription gets ok, then what was missed, then live frames, without a gap', async () => {
  const { enter, thread, memory, site, node } = await setup(() => new Promise((resolve) => setTimeout(resolve, 5)))
  for (let i = 0; i < 3; i += 1)
    await Promise.all([memory.store.comments.insert(site.id, thread, [newComment()]), settle()])
  const connection = await enter()
  const { epoch } = memory.view(thread)
  connection.send({ type: 'subscribe', ref: 2, thread, since: 1, epoch })
  // Committed while the backlog is read.
  await vi.advanceTimersByTimeAsync(4)
  void node.deps.writer.create(site.id, thread, newComment())
  await settle(100)
  void node.deps.writer.create(site.id, thread, newComment())
  await settle(100)
  const [, ok, ...rest] = connection.messages.filter((m) => m.type !== 'presence')
  expect(ok).toMatchObject({ type: 'ok', ref: 2, result: { epoch, closed: false, presence: { count: 1, typing: [] } } })
  const seen = new Set<number>()
  for (const message of rest) {
    if (message.type !== 'delta') throw new Error(`unexpected ${message.type}`)
    expect(message.from === 1 || seen.has(message.from)).toBe(true)
    for (let v = message.from + 1; v <= message.to; v += 1) seen.add(v)
  }
  expect([...seen]).toEqual([2, 3, 4, 5])
})

test('a position that is not valid gets reload after the ok', async () => {
  const { enter, thread } = await setup()
  const connection = await enter()
  connection.send({ type: 'subscribe', ref: 2, thread, since: 7 })
  await settle()
  expect(connection.messages.slice(1, 3)).toEqual([
    expect.objectContaining({ type: 'ok', ref: 2 }),
    { type: 'reload', thread },
  ])
})

test('an unknown thread is refused', async () => {
  const { enter, node } = await setup()
  const connection = await enter()
  connection.send({ type: 'subscribe', ref: 2, thread: newId() })
  await settle()
  expect(codes(connection)).toEqual([[2, 'thread_not_found']])
  expect(connection.joined.size).toBe(0)
  await settle(6_000)
  expect(node.metrics.counts.get('recoveries store')).toBeUndefined()
})

test('a connection subscribes to at most twenty threads, and to another once it has unsubscribed from one', async () => {
  const { enter, memory } = await setup()
  const connection = await enter()
  const threads = Array.from({ length: 21 }, () => newId())
  for (const [i, thread] of threads.entries()) {
    memory.open(thread)
    connection.send({ type: 'subscribe', ref: 10 + i, thread })
    await settle(50)
  }
  expect(codes(connection)).toEqual([[30, 'invalid_request']])
  connection.send({ type: 'unsubscribe', ref: 40, thread: threads[0] })
  connection.send({ type: 'subscribe', ref: 41, thread: threads[20] })
  await settle(50)
  expect(
    connection
      .of('ok')
      .slice(-2)
      .map((m) => m.ref),
  ).toEqual([40, 41])
  expect(connection.joined.size).toBe(20)
})

test('subscribing to and unsubscribing from one thread without waiting ends as last requested', async () => {
  const { enter, thread, topic } = await setup(() => new Promise((resolve) => setTimeout(resolve, 5)))
  const connection = await enter()
  for (let i = 0; i < 6; i += 1)
    connection.send({ type: i % 2 === 0 ? 'subscribe' : 'unsubscribe', ref: 10 + i, thread })
  await settle(200)
  expect(connection.of('ok').map((m) => m.ref)).toEqual([10, 11, 12, 13, 14, 15])
  expect([...connection.joined]).toEqual([])
  connection.send({ type: 'subscribe', ref: 20, thread })
  await settle(100)
  expect([...connection.joined]).toEqual([topic])
})

test('a comment is acknowledged before its delta reaches the same socket, and other sockets get the delta too', async () => {
  const { enter, reader, thread, create } = await setup()
  const [author, other] = [await reader(), await enter()]
  for (const connection of [author, other]) connection.send({ type: 'subscribe', ref: 2, thread })
  await settle(50)
  for (let i = 0; i < 60; i += 1) {
    author.send(create(`text ${i}`))
    await settle(i % 7)
    if (i % 20 === 19) await settle(1_000)
  }
  await settle(1_000)
  expect(codes(author)).toEqual([])
  const acked = new Set<string>()
  for (const message of author.messages) {
    if (message.type === 'ok' && message.ref > 100) acked.add((message.result.comment as { id: string }).id)
    if (message.type !== 'delta') continue
    for (const change of message.changes) if (change.type === 'comment') expect(acked.has(change.comment.id)).toBe(true)
  }
  expect(acked.size).toBe(60)
  const seen = other.of('delta').flatMap((delta) => delta.changes)
  expect(seen).toHaveLength(60)
})

test('a subscription that times out is answered once, with an error, and gets no frames', async () => {
  const { enter, thread, memory, site, node } = await setup()
  const connection = await enter()
  const find = memory.store.threads.find
  const slow = vi.spyOn(memory.store.threads, 'find').mockImplementation(async (siteId, id) => {
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    return find(siteId, id)
  })
  connection.send({ type: 'subscribe', ref: 2, thread })
  await settle(5_500)
  slow.mockRestore()
  await settle(2_000)
  await node.deps.writer.create(site.id, thread, newComment())
  await settle()
  expect(codes(connection)).toEqual([[2, 'unavailable']])
  expect(connection.messages.map((message) => message.type)).toEqual(['welcome', 'error'])
  expect(connection.joined.size).toBe(0)
})

test('while the database is unavailable subscribing is refused as retryable, and works afterwards', async () => {
  const { enter, thread, memory } = await setup()
  const connection = await enter()
  memory.setDown(true)
  connection.send({ type: 'subscribe', ref: 2, thread })
  await settle(100)
  memory.setDown(false)
  connection.send({ type: 'subscribe', ref: 3, thread })
  await settle(100)
  expect(codes(connection)).toEqual([[2, 'unavailable']])
  expect(connection.of('ok').map((m) => m.ref)).toEqual([3])
  expect(connection.joined.size).toBe(1)
})

test('presence counts readers rather than connections, and follows a change of reader', async () => {
  const { enter, thread, tokenOf, node, topic } = await setup()
  const ann = newId()
  const [a, b, c] = [await enter({ token: await tokenOf({ id: ann }) }), await enter(), await enter()]
  for (const connection of [a, b, c]) connection.send({ type: 'subscribe', ref: 2, thread })
  await settle(2_000)
  expect(c.of('presence').at(-1)).toEqual({ type: 'presence', thread, count: 3, typing: [] })
  b.hello({ ref: 3, token: await tokenOf({ id: ann }) })
  await settle(2_000)
  expect(c.of('presence').at(-1)?.count).toBe(2)
  await settle(300_000)
  expect((await node.deps.presence.state(topic)).count).toBe(2)
  a.cut()
  b.cut()
  await settle(2_000)
  expect(c.of('presence').at(-1)?.count).toBe(1)
})

test('subscribers of a thread see who is typing, by name; only signed-in readers are shown', async () => {
  const { enter, thread, tokenOf } = await setup()
  const [ann, nobody, other] = [await enter({ token: await tokenOf({ name: 'Ann' }) }), await enter(), await enter()]
  for (const connection of [ann, nobody, other]) connection.send({ type: 'subscribe', ref: 2, thread })
  await settle(2_000)
  ann.send({ type: 'typing', thread })
  nobody.send({ type: 'typing', thread })
  ann.send({ type: 'typing', thread: newId() })
  await settle(1_500)
  expect(other.of('presence').at(-1)?.typing).toEqual(['Ann'])
  expect(codes(ann)).toEqual([])
})

test('a reader whose token has expired is not shown as typing until hello brings a new one', async () => {
  const { enter, thread, tokenOf } = await setup()
  const [ann, other] = [await enter({ token: await tokenOf({ name: 'Ann' }) }), await enter()]
  for (const connection of [ann, other]) connection.send({ type: 'subscribe', ref: 2, thread })
  const seen = () => other.of('presence').flatMap((message) => message.typing)
  await settle(600_000)
  ann.send({ type: 'typing', thread })
  await settle(1_500)
  expect(seen()).toEqual([])
  ann.hello({ ref: 3, token: await tokenOf({ name: 'Ann' }) })
  ann.send({ type: 'typing', thread })
  await settle(1_500)
  expect(seen()).toEqual(['Ann'])
})
