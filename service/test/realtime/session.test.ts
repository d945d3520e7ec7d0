import { newId } from '@repartee/sdk/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createReaderTokens } from '../../src/adapters/reader-tokens.ts'
import type { Reader } from '../../src/core/actor.ts'
import { topicOf } from '../../src/realtime/topic.ts'
import { createMemoryStore } from './memory-store.ts'
import { createTestNode, demoSite, listen, newComment, secret, verified } from './setup.ts'

beforeEach(() => {
  vi.useFakeTimers({
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
      'Date',
      'performance',
    ],
  })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Let time pass, and what is under way come to its end. */
const settle = async (ms = 20): Promise<void> => {
  await verified()
  await vi.advanceTimersByTimeAsync(ms)
}

const setup = async (latency?: () => Promise<void>) => {
  const site = demoSite()
  const memory = createMemoryStore({ site, ...(latency && { latency }) })
  const thread = newId()
  memory.open(thread)
  const node = createTestNode({ store: memory.store })
  const topic = topicOf({ siteId: site.id, threadId: thread })
  const tokenOf = async (fields: Partial<Reader> = {}, siteKey = 'demo'): Promise<string> =>
    (
      await createReaderTokens({ secret, now: Date.now }).issue(siteKey, {
        id: newId(),
        name: 'Ann',
        role: 'guest',
        ...fields,
      })
    ).token
  /** A connection that said hello. */
  const enter = async (fields: Record<string, unknown> = {}) => {
    const connection = listen(node)
    connection.hello(fields)
    await settle(200)
    await settle()
    expect(connection.of('welcome')).toHaveLength(1)
    return connection
  }
  const reader = async () => enter({ token: await tokenOf() })
  let ref = 100
  const create = (body = 'hello') => {
    ref += 1
    return { type: 'comment.create', ref, thread, key: newId(), body }
  }
  return { site, memory, thread, node, topic, tokenOf, enter, reader, create }
}

const codes = (connection: ReturnType<typeof listen>) =>
  connection.of('error').map(({ ref, error }) => [ref ?? null, error.code])

test('hello is answered with who one is, and by which node', async () => {
  const { node, enter, tokenOf } = await setup()
  expect((await enter()).messages).toEqual([
    { type: 'welcome', ref: 1, version: 1, node: node.id, reader: null, pingMs: 25_000 },
  ])
  const id = newId()
  const token = await tokenOf({ id, name: 'Bình' })
  expect((await enter({ token })).of('welcome')[0]?.reader).toEqual({ id, name: 'Bình', role: 'guest' })
})

test('everything else must wait for hello', async () => {
  const { node, thread } = await setup()
  const connection = listen(node)
  connection.send({ type: 'subscribe', ref: 5, thread })
  connection.send({ type: 'ping' })
  expect(codes(connection)).toEqual([[5, 'hello_required']])
  expect(connection.of('pong')).toHaveLength(1)
})

test('who does not say hello within five seconds is closed', async () => {
  const { node } = await setup()
  const connection = listen(node)
  await settle(4_900)
  expect(connection.closeCode).toBeNull()
  await settle(200)
  expect(connection.closeCode).toBe(4002)
})

test('what is sent behind hello, without waiting for its answer, is answered in order', async () => {
  const { node, thread, create, tokenOf } = await setup(() => new Promise((resolve) => setTimeout(resolve, 5)))
  const connection = listen(node)
  connection.hello({ token: await tokenOf() })
  connection.send({ type: 'subscribe', ref: 2, thread })
  await settle(100)
  const command = create()
  connection.send(command)
  await settle(100)
  expect(
    connection.messages.filter((m) => m.type !== 'presence').map((m) => [m.type, 'ref' in m ? m.ref : null]),
  ).toEqual([
    ['welcome', 1],
    ['ok', 2],
    ['ok', command.ref],
    ['delta', null],
  ])
})

test.each<[string, Record<string, unknown>, { origin?: string | null }, string, number]>([
  ['another version', { version: 2 }, {}, 'unsupported_version', 4501],
  ['another version with fields of its own', { version: 9, locale: 'vi' }, {}, 'unsupported_version', 4501],
  ['an unknown site', { site: 'nowhere' }, {}, 'site_not_found', 4502],
  ['a foreign origin', {}, { origin: 'https://evil.example' }, 'origin_not_allowed', 4503],
  ['an opaque origin', {}, { origin: 'null' }, 'origin_not_allowed', 4503],
])('hello with %s is refused and the connection closed for good', async (_, fields, from, code, closeCode) => {
  const { node } = await setup()
  const connection = listen(node, from)
  connection.hello(fields)
  await settle()
  expect(codes(connection)).toEqual([[1, code]])
  expect(connection.closeCode).toBe(closeCode)
})

test('a client without an origin, which is no page, is let in', async () => {
  const { node } = await setup()
  const connection = listen(node, { origin: null })
  connection.hello()
  await settle()
  expect(connection.of('welcome')).toHaveLength(1)
})

test('a token that does not hold is refused, and another hello mends it', async () => {
  const { node, tokenOf } = await setup()
  const old = await tokenOf()
  await settle(600_000)
  const connection = listen(node)
  connection.hello({ token: old })
  await settle()
  connection.hello({ ref: 2, token: await tokenOf({}, 'other') })
  await settle()
  connection.hello({ ref: 3, token: await tokenOf() })
  await settle()
  expect(codes(connection)).toEqual([
    [1, 'token_expired'],
    [2, 'token_invalid'],
  ])
  expect(connection.of('welcome').map((m) => m.ref)).toEqual([3])
})

test('a token that ends while connected answers token_expired until hello brings a new one; reading goes on', async () => {
  const { reader, create, thread, tokenOf, memory, node, site } = await setup()
  const connection = await reader()
  connection.send({ type: 'subscribe', ref: 2, thread })
  await settle(600_000)
  const late = create()
  connection.send(late)
  await settle()
  expect(codes(connection)).toEqual([[late.ref, 'token_expired']])
  expect(memory.rows(thread)).toEqual([])
  await node.deps.writer.create(site.id, thread, newComment())
  await settle()
  expect(connection.of('delta')).toHaveLength(1)
  connection.hello({ ref: 3, token: await tokenOf() })
  const again = create()
  connection.send(again)
  await settle()
  expect(connection.of('ok').map((m) => m.ref)).toEqual([2, again.ref])
})

test('what the owner changes holds for connections that are open already, within five seconds', async () => {
  const { reader, create, thread, memory, site } = await setup()
  const connection = await reader()
  memory.setSite({ ...site, settings: { ...site.settings, premoderation: 'all' } })
  await settle(5_100)
  connection.send(create())
  await settle()
  expect(memory.rows(thread).map((row) => row.status)).toEqual(['pending'])
  memory.setSite({ ...site, settings: { ...site.settings, guests: false } })
  await settle(5_100)
  const shut = create()
  connection.send(shut)
  await settle()
  expect(codes(connection)).toEqual([[shut.ref, 'guests_not_allowed']])
})

test('a page whose origin the owner takes off the list writes no more, also over a connection that is open', async () => {
  const { reader, create, thread, memory, site } = await setup()
  const connection = await reader()
  memory.setSite({ ...site, origins: ['https://elsewhere.example'] })
  await settle(5_100)
  const late = create()
  connection.send(late)
  await settle()
  expect(codes(connection)).toEqual([[late.ref, 'origin_not_allowed']])
  expect(connection.closeCode).toBe(4503)
  expect(memory.rows(thread)).toEqual([])
})

test('a connection stays with its site', async () => {
  const { enter, node } = await setup()
  const other = demoSite()
  const connection = await enter()
  node.deps.siteCache.forget('other')
  await node.deps.siteCache.get('other', async () => ({ ...other, publicKey: 'other' }))
  connection.hello({ ref: 2, site: 'other' })
  await settle()
  expect(codes(connection)).toEqual([[2, 'invalid_request']])
  expect(connection.closeCode).toBeNull()
})

test('a thread is heard from its answer on: ok, then what was missed, then live', async () => {
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

test('a lost position is told with reload, after the ok', async () => {
  const { enter, thread } = await setup()
  const connection = await enter()
  connection.send({ type: 'subscribe', ref: 2, thread, since: 7 })
  await settle()
  expect(connection.messages.slice(1, 3)).toEqual([
    expect.objectContaining({ type: 'ok', ref: 2 }),
    { type: 'reload', thread },
  ])
})

test('an unknown thread is refused, and so is a thread of another site', async () => {
  const { enter, node } = await setup()
  const connection = await enter()
  connection.send({ type: 'subscribe', ref: 2, thread: newId() })
  await settle()
  expect(codes(connection)).toEqual([[2, 'thread_not_found']])
  expect(connection.joined.size).toBe(0)
  await settle(6_000)
  expect(node.metrics.counts.get('recoveries store')).toBeUndefined()
})

test('one connection hears at most twenty threads, and another once it let one go', async () => {
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

test('subscribing and unsubscribing one thread, without waiting, ends as asked last', async () => {
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

test('a comment is acknowledged before its delta reaches the same socket, and others get it too', async () => {
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

test('a command that has to be signed in for says so', async () => {
  const { enter, create } = await setup()
  const connection = await enter()
  const command = create()
  connection.send(command)
  await settle()
  expect(codes(connection)).toEqual([[command.ref, 'unauthenticated']])
})

test('while the store hangs commands are answered within five seconds, and no more than 32 wait', async () => {
  const { reader, create, memory } = await setup()
  const connection = await reader()
  vi.spyOn(memory.store.comments, 'createContext').mockReturnValue(new Promise(() => undefined))
  const commands = Array.from({ length: 40 }, () => create())
  for (const command of commands) connection.send(command)
  expect(codes(connection)).toEqual(commands.slice(32).map((command) => [command.ref, 'rate_limited']))
  await settle(5_000)
  expect(codes(connection).slice(8)).toEqual(commands.slice(0, 32).map((command) => [command.ref, 'unavailable']))
})

test('a subscription answered too late is answered once, and not heard', async () => {
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

test('while the database is away subscribing is refused as retryable, and works afterwards', async () => {
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

test('what is no message is answered, and the third in a row closes the connection for good', async () => {
  const { enter } = await setup()
  const connection = await enter()
  connection.send('{')
  connection.send({ type: 'comment.destroy', ref: 9 })
  connection.send({ type: 'ping' })
  connection.send('')
  connection.send('[]')
  expect(connection.closeCode).toBeNull()
  connection.send('{"type":"subscribe"}')
  expect(codes(connection)).toEqual([
    [null, 'malformed_json'],
    [9, 'unknown_command'],
    [null, 'malformed_json'],
    [null, 'invalid_request'],
    [null, 'invalid_request'],
  ])
  expect(connection.closeCode).toBe(4500)
})

test('a known message with a wrong field is refused under its ref and costs the connection nothing', async () => {
  const { reader, create, thread, memory } = await setup()
  const connection = await reader()
  const wrong = [
    { ...create(), body: 7 },
    { ...create(), key: 'no id' },
    { ...create(), extra: true },
    { ...create(), thread: undefined },
    { ...create(), body: 'x'.repeat(40_001) },
  ]
  for (const message of wrong) connection.send(message)
  await settle()
  expect(codes(connection).map(([ref]) => ref)).toEqual(wrong.map((message) => message.ref))
  expect(codes(connection)[2]?.[1]).toBe('unknown_field')
  expect(connection.closeCode).toBeNull()
  expect(memory.rows(thread)).toEqual([])
})

test('bursts of eighty frames pass, more are refused under their ref, and time makes room again', async () => {
  const { enter } = await setup()
  const connection = await enter()
  await settle(3_000)
  for (let i = 0; i < 80; i += 1) connection.send({ type: 'ping' })
  expect(connection.of('pong')).toHaveLength(80)
  connection.send({ type: 'unsubscribe', ref: 77, thread: newId() })
  expect(codes(connection)).toEqual([[77, 'rate_limited']])
  expect(connection.of('error')[0]?.error.retryAfterMs).toBeGreaterThan(0)
  await settle(1_000)
  for (let i = 0; i < 40; i += 1) connection.send({ type: 'ping' })
  expect(connection.of('pong')).toHaveLength(120)
})

test('who goes on flooding is closed', async () => {
  const { enter } = await setup()
  const connection = await enter()
  for (let second = 0; second < 10; second += 1) {
    for (let i = 0; i < 100; i += 1) connection.send({ type: 'ping' })
    await settle(1_000)
  }
  expect(connection.closeCode).toBe(4003)
  expect(connection.of('error').length).toBeLessThan(250)
})

test('presence counts readers, not connections, and follows signing in', async () => {
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

test('typing is shown to those who hear the thread, by name, and only of readers', async () => {
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

test('after the end nothing is sent and everything is let go', async () => {
  const { reader, thread, create, node, topic, memory } = await setup(
    () => new Promise((resolve) => setTimeout(resolve, 50)),
  )
  const connection = await reader()
  connection.send({ type: 'subscribe', ref: 2, thread })
  await settle(1_000)
  connection.send({ type: 'subscribe', ref: 3, thread, since: 0 })
  connection.send({ type: 'typing', thread })
  connection.send(create())
  connection.hello({ ref: 4 })
  await settle(10)
  // The test's socket throws on whatever is sent from here on.
  connection.cut()
  const sent = connection.messages.length
  connection.send({ type: 'ping' })
  await settle(10_000)
  expect(connection.messages).toHaveLength(sent)
  expect(memory.rows(thread)).toHaveLength(1)
  expect((await node.deps.presence.state(topic)).count).toBe(0)
  expect(node.hub.head({ siteId: topic.split(':')[1] ?? '', threadId: thread })).toBeNull()
  expect(node.log.lines).toEqual([])
  await node.hub.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('whatever frames come, nothing throws, and every message with a ref is answered exactly once', async () => {
  const { tokenOf, node, thread, memory } = await setup()
  const ids = [thread, newId()]
  const id = fc.constantFrom(...ids)
  const frame = fc.oneof(
    fc.record({
      type: fc.constantFrom('subscribe', 'unsubscribe', 'comment.delete', 'nonsense'),
      thread: id,
      comment: id,
    }),
    fc.record(
      { type: fc.constant('comment.create'), thread: id, key: fc.uuid(), body: fc.string() },
      { requiredKeys: ['type', 'thread'] },
    ),
    fc.record({ type: fc.constant('hello'), site: fc.constantFrom('demo', '!'), version: fc.constantFrom(1, 'x') }),
    fc.record({ type: fc.constant('typing'), thread: id }),
    fc.dictionary(fc.string(), fc.jsonValue()),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 30 }), await tokenOf().then(fc.constant), async (frames, token) => {
      const connection = listen(node)
      connection.hello({ token })
      await settle()
      for (const [i, message] of frames.entries()) connection.send({ ...message, ref: i + 2 })
      await settle(6_000)
      const answers = connection.messages.flatMap((m) => ('ref' in m && m.ref !== undefined ? [m.ref] : []))
      expect(new Set(answers).size).toBe(answers.length)
      if (connection.closeCode === null) {
        const due = frames.flatMap(({ type }, i) => (type === 'typing' || type === 'ping' ? [] : [i + 2]))
        expect(answers.filter((ref) => due.includes(ref)).sort((a, b) => a - b)).toEqual(due)
      }
      connection.cut()
    }),
    { numRuns: 100 },
  )
  expect(node.log.lines).toEqual([])
  expect(memory.rows(thread).every((row) => row.listed)).toBe(true)
})
