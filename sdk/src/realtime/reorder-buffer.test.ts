import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Change, Delta } from '../protocol/delta.ts'
import { createReorderBuffer } from './reorder-buffer.ts'

/** A change that a test can recognise. Readers may not see every third one, and so it is never sent. */
const visible = (seq: number): boolean => seq % 3 !== 0
const change = (seq: number): Change => ({ type: 'thread', seq, closed: false })
const delta = (from: number, to: number): Delta => ({
  thread: 't',
  from,
  to,
  changes: Array.from({ length: to - from }, (_, i) => from + i + 1)
    .filter(visible)
    .map(change),
  commentCount: to,
  replyCounts: {},
})
const seqs = (deltas: readonly Delta[]): number[] => deltas.flatMap(({ changes }) => changes.map(({ seq }) => seq))
const visibleBetween = (from: number, to: number): number[] => seqs([delta(from, to)])

test('the next delta is applied, an old or repeated one dropped', () => {
  const buffer = createReorderBuffer(5)
  expect(buffer.receive(delta(5, 7))).toEqual([delta(5, 7)])
  expect(buffer.receive(delta(5, 7))).toEqual([])
  expect(buffer.receive(delta(3, 6))).toEqual([])
  expect(buffer.position).toBe(7)
  expect(buffer.hasGap).toBe(false)
})

test('of an overlapping delta only the part not yet seen is applied', () => {
  const buffer = createReorderBuffer(5)
  const [applied] = buffer.receive(delta(2, 8))
  expect(applied).toMatchObject({ from: 5, to: 8, commentCount: 8 })
  expect(seqs(applied ? [applied] : [])).toEqual([7, 8])
})

test('a delta after a gap waits, and is applied right after what was missing', () => {
  const buffer = createReorderBuffer(0)
  expect(buffer.receive(delta(2, 4))).toEqual([])
  expect(buffer.hasGap).toBe(true)
  expect(seqs(buffer.receive(delta(0, 2)))).toEqual(visibleBetween(0, 4))
  expect(buffer.hasGap).toBe(false)
})

test('an empty delta moves the position', () => {
  const buffer = createReorderBuffer(2)
  expect(buffer.receive(delta(2, 3))).toHaveLength(1)
  expect(buffer.position).toBe(3)
})

test('a page of changes leaves a gap until the thread’s head is reached', () => {
  const buffer = createReorderBuffer(0)
  buffer.receive(delta(0, 500), 700)
  expect(buffer.hasGap).toBe(true)
  buffer.receive(delta(500, 700), 700)
  expect(buffer.hasGap).toBe(false)
})

test('only part of a flood after a gap is buffered, and the rest is known to be missing', () => {
  const buffer = createReorderBuffer(0)
  for (let from = 1; from < 2_000; from += 1) buffer.receive(delta(from, from + 1))
  const applied = buffer.receive(delta(0, 1))
  expect(applied.length).toBeLessThan(300)
  expect(buffer.hasGap).toBe(true)
})

/**
 * The server's log, split into deltas in any way, each of which may be lost, repeated or late. In between there are
 * answers to `changes`, which may arrive late too.
 */
const run = fc.record({
  since: fc.nat({ max: 10 }),
  steps: fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          act: fc.constant('publish' as const),
          size: fc.integer({ min: 1, max: 4 }),
          overlap: fc.nat({ max: 3 }),
        }),
      },
      {
        weight: 5,
        arbitrary: fc.record({ act: fc.constant('deliver' as const), index: fc.nat(), keep: fc.boolean() }),
      },
      { weight: 2, arbitrary: fc.record({ act: fc.constant('lose' as const), index: fc.nat() }) },
      { weight: 2, arbitrary: fc.record({ act: fc.constant('ask' as const), page: fc.integer({ min: 1, max: 6 }) }) },
      { weight: 2, arbitrary: fc.record({ act: fc.constant('answer' as const), index: fc.nat() }) },
    ),
    { maxLength: 80 },
  ),
})

test('whatever is lost, repeated or late, the server’s changes are applied once and in order', () => {
  fc.assert(
    fc.property(run, ({ since, steps }) => {
      let head = 10
      const flying: Delta[] = []
      const answers: { page: Delta; head: number }[] = []
      const buffer = createReorderBuffer(since)
      const applied: Delta[] = []
      const take = <T>(from: T[], index: number): T | undefined => from.splice(index % Math.max(1, from.length), 1)[0]

      for (const step of steps) {
        if (step.act === 'publish') {
          flying.push(delta(Math.max(0, head - step.overlap), head + step.size))
          head += step.size
        } else if (step.act === 'ask') {
          const from = buffer.position
          answers.push({ page: delta(from, Math.max(from, Math.min(head, from + step.page))), head })
        } else if (step.act === 'answer') {
          const answer = take(answers, step.index)
          if (answer) applied.push(...buffer.receive(answer.page, answer.head))
        } else {
          const next = take(flying, step.index)
          if (next && step.act === 'deliver') {
            applied.push(...buffer.receive(next))
            if (step.keep) flying.push(next)
          }
        }
        expect(seqs(applied)).toEqual(visibleBetween(since, buffer.position))
      }
      // The next delta shows what is missing, and answers bring it page by page.
      head += 1
      applied.push(...buffer.receive(delta(head - 1, head)))
      while (buffer.hasGap) {
        const from = buffer.position
        applied.push(...buffer.receive(delta(from, Math.min(head, from + 5)), head))
        expect(buffer.position).toBeGreaterThan(from)
      }
      expect(seqs(applied)).toEqual(visibleBetween(since, head))
      expect(applied.every(({ from }, i) => from === (applied[i - 1]?.to ?? since))).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
