import { newId } from '@repartee/sdk/protocol'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { listen } from '../../testing/realtime-setup.ts'
import { useFakeTime } from './fake-time.ts'
import { codes, settle, setup } from './session-setup.ts'

useFakeTime()

test('a command that needs a reader token is refused as unauthenticated without one', async () => {
  const { enter, create } = await setup()
  const connection = await enter()
  const command = create()
  connection.send(command)
  await settle()
  expect(codes(connection)).toEqual([[command.ref, 'unauthenticated']])
})

test('while the store hangs, commands are answered within five seconds, and at most 32 wait', async () => {
  const { reader, create, memory } = await setup()
  const connection = await reader()
  vi.spyOn(memory.store.comments, 'createContext').mockReturnValue(new Promise(() => undefined))
  const commands = Array.from({ length: 40 }, () => create())
  for (const command of commands) connection.send(command)
  expect(codes(connection)).toEqual(commands.slice(32).map((command) => [command.ref, 'rate_limited']))
  await settle(5_000)
  expect(codes(connection).slice(8)).toEqual(commands.slice(0, 32).map((command) => [command.ref, 'unavailable']))
})

test('frames that arrive before hello is answered are queued, up to 32 frames and 128 kB; more are refused', async () => {
  const { node, thread, create } = await setup(() => new Promise((resolve) => setTimeout(resolve, 500)))
  const connection = listen(node)
  connection.hello()
  for (let i = 0; i < 40; i += 1) connection.send({ type: 'unsubscribe', ref: 200 + i, thread })
  expect(codes(connection)).toEqual(Array.from({ length: 8 }, (_, i) => [232 + i, 'rate_limited']))
  await settle(3_000)
  expect(connection.of('ok').map((message) => message.ref)).toEqual(Array.from({ length: 32 }, (_, i) => 200 + i))

  const wordy = listen(node)
  wordy.hello()
  const commands = Array.from({ length: 5 }, () => create('x'.repeat(40_000)))
  for (const command of commands) wordy.send(command)
  expect(codes(wordy)).toEqual(commands.slice(3).map(({ ref }) => [ref, 'rate_limited']))
})

test('a frame that is not a message is answered with an error, and the third in a row closes the connection for good', async () => {
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

test('a known message with an invalid field is refused under its ref and does not count against the connection', async () => {
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

test('bursts of eighty frames pass, more are refused under their ref, and the limit recovers with time', async () => {
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

test('a client that goes on flooding is closed', async () => {
  const { enter } = await setup()
  const connection = await enter()
  for (let second = 0; second < 10; second += 1) {
    for (let i = 0; i < 100; i += 1) connection.send({ type: 'ping' })
    await settle(1_000)
  }
  expect(connection.closeCode).toBe(4003)
  expect(connection.of('error').length).toBeLessThan(250)
})

test('after the connection has ended nothing is sent and everything is released', async () => {
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
  // From here on the test's socket throws on every frame.
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

test('for any frames, nothing throws, and every message with a ref is answered exactly once', async () => {
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
