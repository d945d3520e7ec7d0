import type { Change, Comment, Delta } from '@repartee/sdk/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toFrame } from '../../src/realtime/frame.ts'
import { createFrameCache } from '../../src/realtime/frame-cache.ts'
import { mergeDeltas } from '../../src/realtime/merge.ts'
import { createRing } from '../../src/realtime/ring.ts'
import { commentAt, created, deltaOf } from './deltas.ts'

/** What a reader holds after some deltas: the oracle for merging. */
const viewAfter = (deltas: readonly Delta[]) => {
  const comments = new Map<string, Comment>()
  const counts: Record<string, number> = {}
  let closed = false
  for (const delta of deltas) {
    for (const change of delta.changes) {
      if (change.type === 'comment') comments.set(change.comment.id, change.comment)
      else if (change.type === 'comment.gone') comments.delete(change.id)
      else if (change.type === 'thread') closed = change.closed
      else {
        const comment = comments.get(change.id)
        if (comment) comments.set(change.id, { ...comment, seq: change.seq, reactions: change.reactions })
      }
    }
    Object.assign(counts, delta.replyCounts)
  }
  const byId = [...comments.entries()].sort(([a], [b]) => a.localeCompare(b))
  return { comments: byId, counts, closed, to: deltas.at(-1)?.to, commentCount: deltas.at(-1)?.commentCount }
}

const ids = Array.from({ length: 4 }, () => commentAt(1).id)
const steps = fc.array(
  fc.record({
    id: fc.constantFrom(...ids),
    type: fc.constantFrom('comment', 'comment.gone', 'reactions', 'thread', 'hidden'),
    n: fc.nat(9),
  }),
  { minLength: 1, maxLength: 30 },
)
const toDeltas = (list: { id: string; type: string; n: number }[]): Delta[] =>
  list.map(({ id, type, n }, i) => {
    const seq = i + 1
    const changes: Change[] =
      type === 'comment'
        ? [{ type, seq, comment: commentAt(seq, { id }) }]
        : type === 'comment.gone'
          ? [{ type, seq, id }]
          : type === 'reactions'
            ? [{ type, seq, id, reactions: { like: n } }]
            : type === 'thread'
              ? [{ type, seq, closed: n > 4 }]
              : []
    return deltaOf(i, seq, changes, { commentCount: n, replyCounts: { [id]: n } })
  })

test('a merged delta leads to the same view as its parts, holds each state once and stays in order', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const deltas = toDeltas(list)
      const merged = deltas.reduce(mergeDeltas)
      expect(viewAfter([merged])).toEqual(viewAfter(deltas))
      expect([merged.from, merged.to]).toEqual([0, deltas.length])
      const seqs = merged.changes.map((change) => change.seq)
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
      const states = merged.changes.filter((change) => change.type === 'comment' || change.type === 'comment.gone')
      const named = states.map((change) => (change.type === 'comment' ? change.comment.id : change.id))
      expect(new Set(named).size).toBe(named.length)
    }),
  )
})

test('the ring returns everything after a position up to the newest change, or nothing', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 40 }), fc.nat(35), (list, maxChanges, v) => {
      const deltas = toDeltas(list)
      const ring = createRing({ maxChanges })
      for (const delta of deltas) ring.append(toFrame(delta))
      const to = deltas.length
      const missed = ring.since(v)
      if (v >= to || to - v > maxChanges) expect(missed).toBeNull()
      else expect(missed).toEqual(deltas.slice(v).reduce(mergeDeltas))
    }),
  )
})

test('for a position within a delta of several changes the ring returns the whole delta', () => {
  const ring = createRing()
  const whole = deltaOf(
    0,
    3,
    [1, 2, 3].map((seq) => ({ type: 'comment' as const, seq, comment: commentAt(seq) })),
  )
  ring.append(toFrame(whole))
  expect(ring.since(2)).toEqual(whole)
})

test('a gap empties the ring', () => {
  const ring = createRing()
  ring.append(toFrame(created(1)))
  const later = created(5)
  ring.append(toFrame(later))
  expect(ring.since(0)).toBeNull()
  expect(ring.since(4)).toEqual(later)
})

test('the ring holds fewer changes when comments are long, so that its memory is bounded', () => {
  const ring = createRing({ maxLength: 10_000 })
  const long = { html: 'x'.repeat(4_000) }
  for (let seq = 1; seq <= 100; seq += 1) ring.append(toFrame(created(seq, long)))
  expect(ring.since(98)).not.toBeNull()
  expect(ring.since(96)).toBeNull()
})

test('the frames cached for returning clients are bounded, however many positions they ask from', () => {
  const cache = createFrameCache({ maxLength: 1_000 })
  for (let v = 0; v < 500; v += 1) cache.put(v, { from: v, to: 500, text: 'x'.repeat(90) })
  const kept = Array.from({ length: 500 }, (_, v) => cache.get(v)?.text.length ?? 0)
  expect(kept.reduce((a, b) => a + b)).toBeLessThanOrEqual(1_000)
  expect(cache.get(499)?.from).toBe(499)
})
