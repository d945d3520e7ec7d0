import { type CommandInput, type CommandType, newId, parseInput } from '@repartee/sdk/protocol'
import type * as v from 'valibot'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Actor } from '../../src/core/actor.ts'
import { commandInputs } from '../../src/core/command-inputs.ts'
import { commands, DEADLINE_MS, execute } from '../../src/core/commands.ts'
import { previewComment } from '../../src/core/comments/preview-comment.ts'
import type { Deps } from '../../src/core/deps.ts'
import { type Core, outcomeOf, startCore } from './core-harness.ts'

let core: Core
let ann: Actor
let thread: string
beforeAll(async () => {
  core = await startCore()
  const site = await core.site({ commentsPerMinute: 10_000 })
  ann = await core.guest(site)
  thread = await core.thread(site)
})
afterAll(() => core.close())

const types = Object.keys(commands) as CommandType[]
const schemas: { readonly [T in CommandType]: v.GenericSchema<unknown, CommandInput<T>> } = commandInputs
/** Parse and execute, as the transports do. */
const send = async <T extends CommandType>(type: T, input: unknown, actor = ann, deps = core.deps) => {
  const schema: v.GenericSchema<unknown, CommandInput<T>> = schemas[type]
  return execute(deps, actor, type, parseInput(schema, input))
}
const run = (type: CommandType, input: unknown, actor = ann) => outcomeOf(send(type, input, actor))

test('every command runs its use-case', async () => {
  const { comment } = await execute(core.deps, ann, 'comment.create', { thread, key: newId(), body: 'one' })
  const at = { thread, comment: comment.id }
  expect((await execute(core.deps, ann, 'comment.edit', { ...at, body: 'two' })).comment.body).toBe('two')
  const added = await execute(core.deps, ann, 'reaction.add', { ...at, kind: 'like' })
  expect(added).toMatchObject({ reactions: { like: 1 }, mine: ['like'] })
  const removed = await execute(core.deps, ann, 'reaction.remove', { ...at, kind: 'like' })
  expect(removed).toMatchObject({ reactions: {}, mine: [] })
  expect(await execute(core.deps, ann, 'comment.delete', at)).toEqual({ id: comment.id, seq: 5, tombstone: null })
})

const good = () => ({
  'comment.create': { thread, key: newId(), body: 'text' },
  'comment.edit': { thread, comment: newId(), body: 'text' },
  'comment.delete': { thread, comment: newId() },
  'reaction.add': { thread, comment: newId(), kind: 'like' },
  'reaction.remove': { thread, comment: newId(), kind: 'like' },
})

test('input that does not match the command’s schema is refused before anything is read', async () => {
  const broken = { ...core.deps, store: undefined, writer: undefined } as unknown as Deps
  const attempt = (type: CommandType, input: unknown) => outcomeOf(send(type, input, ann, broken))
  for (const type of types) {
    const input: Record<string, unknown> = good()[type]
    for (const wrong of [null, undefined, 1, 'x', [], [input]])
      expect(await attempt(type, wrong)).toBe('invalid_request')
    expect(await attempt(type, { ...input, extra: 1 })).toBe('unknown_field')
    expect(await attempt(type, { ...input, type })).toBe('unknown_field')
    expect(await attempt(type, { ...input, ref: 1 })).toBe('unknown_field')
    for (const field of Object.keys(input)) {
      const { [field]: _, ...without } = input
      expect(await attempt(type, without)).toBe('invalid_request')
      for (const value of [null, 1, {}, [], true])
        expect(await attempt(type, { ...input, [field]: value })).toBe('invalid_request')
    }
  }
  expect(await attempt('comment.create', { ...good()['comment.create'], body: 'x'.repeat(40_001) })).toBe(
    'invalid_request',
  )
  expect(await attempt('comment.create', { ...good()['comment.create'], thread: 'x' })).toBe('invalid_request')
  expect(await attempt('comment.create', { ...good()['comment.create'], author: { name: 'A', role: 'owner' } })).toBe(
    'unknown_field',
  )
  expect(await attempt('reaction.add', { ...good()['reaction.add'], kind: 'Bad Kind' })).toBe('invalid_request')
})

test('an id is the same in upper and lower case', async () => {
  const key = newId()
  const one = await send('comment.create', { thread: thread.toUpperCase(), key, body: 'case' })
  const two = await send('comment.create', { thread, key: key.toUpperCase(), body: 'case' })
  expect(two).toEqual({ comment: one.comment, created: false })
})

test('a reader whose token has expired on an open connection is refused', async () => {
  const expired = { ...ann, expiresAt: core.deps.now() }
  for (const type of types) expect(await run(type, good()[type], expired)).toBe('token_expired')
  const valid = { ...ann, expiresAt: core.deps.now() + 1 }
  expect(await run('comment.create', good()['comment.create'], valid)).toMatchObject({ answered: { created: true } })
})

test('outcomes are counted per command, a bug as internal', async () => {
  core.counted.length = 0
  await run('comment.create', { ...good()['comment.create'], body: 'counted' })
  await run('comment.delete', good()['comment.delete'])
  const broken = { ...core.deps, store: {} } as unknown as Deps
  await expect(execute(broken, ann, 'comment.delete', good()['comment.delete'])).rejects.toThrow(TypeError)
  expect(core.counted.filter((entry) => entry.name === 'commands').map((entry) => entry.labels)).toEqual([
    { type: 'comment.create', outcome: 'ok' },
    { type: 'comment.delete', outcome: 'comment_not_found' },
    { type: 'comment.delete', outcome: 'internal' },
  ])
})

test('a command that exceeds its deadline is unavailable, and a retry with its key returns the outcome', async () => {
  let release: () => void = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const { writer } = core.deps
  const slow: Deps = {
    ...core.deps,
    writer: {
      ...writer,
      create: async (...row) => {
        await gate
        return writer.create(...row)
      },
    },
  }
  const input = { thread, key: newId(), body: 'slow' }
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const answer = outcomeOf(execute(slow, ann, 'comment.create', input))
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1)
    expect(await Promise.race([answer, 'waiting'])).toBe('waiting')
    await vi.advanceTimersByTimeAsync(1)
    expect(await answer).toBe('unavailable')
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
  const retry = execute(core.deps, ann, 'comment.create', input)
  release()
  expect((await retry).comment.body).toBe('slow')
  const rows = await core.sql.query<object>('select 1 from comments where key = $1::uuid', [input.key])
  expect(rows.length).toBe(1)
})

test('a preview equals the comment’s HTML, needs no reader, and is refused like a comment', async () => {
  const site = await core.site({ maxBodyLength: 20, commentsPerMinute: 1 })
  const visitor = core.visitor(site)
  const preview = (body: string, actor: Actor = visitor) => outcomeOf(previewComment(core.deps, actor, { body }))
  const { comment } = await core.comment(await core.guest(site), await core.thread(site), '**a** <b>')
  expect(await preview('**a** <b>')).toEqual({ answered: { html: comment.html } })
  expect(await preview(' \u200b ')).toBe('body_blank')
  expect(await preview('x'.repeat(21))).toBe('body_too_long')
  const outcomes = []
  for (let i = 0; i < 60; i += 1) outcomes.push(await preview(`${i}`))
  expect(outcomes.filter((outcome) => outcome === 'rate_limited').length).toBe(2)
})
