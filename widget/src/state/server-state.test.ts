import type { Change, Comment, Delta } from '@repartee/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comment, deltaOf, id, THREAD } from './fixtures/comments.ts'
import { applyDelta, emptyServerState, mergeComments } from './server-state.ts'

type Expected = { html: string | null; reactions: Comment['reactions']; replyCount: number }

/** A thread's history, in which each step changes one of four comments. Returns its deltas and the expected end. */
const history = (steps: readonly { target: number; kind: number; split: boolean }[]) => {
  const truth = new Map<string, Expected & { alive: boolean }>()
  const deltas: Delta[] = []
  let changes: Change[] = []
  let replyCounts: Record<string, number> = {}
  let from = 0
  let closed = false
  steps.forEach(({ target, kind, split }, i) => {
    const seq = i + 1
    const key = id(target)
    const known = truth.get(key)
    if (!known?.alive || kind === 0) {
      const next = {
        html: `<p>v${seq}</p>`,
        reactions: known?.alive ? known.reactions : {},
        replyCount: known?.replyCount ?? 0,
      }
      truth.set(key, { ...next, alive: true })
      changes.push({ type: 'comment', seq, comment: comment(target, { ...next, seq, createdSeq: target }) })
    } else if (kind === 1) {
      const reactions = { like: seq }
      truth.set(key, { ...known, reactions })
      changes.push({ type: 'reactions', seq, id: key, reactions })
    } else if (kind === 2) {
      truth.set(key, { ...known, alive: false })
      changes.push({ type: 'comment.gone', seq, id: key })
    } else if (kind === 3) {
      truth.set(key, { ...known, replyCount: seq })
      replyCounts[key] = seq
      changes.push({ type: 'thread', seq, closed })
    } else {
      closed = !closed
      changes.push({ type: 'thread', seq, closed })
    }
    if (split || i === steps.length - 1) {
      deltas.push({ thread: THREAD, from, to: seq, changes, replyCounts, commentCount: seq * 10 })
      changes = []
      replyCounts = {}
      from = seq
    }
  })
  return { deltas, truth, closed, last: steps.length }
}

const steps = fc.array(
  fc.record({ target: fc.integer({ min: 1, max: 4 }), kind: fc.integer({ min: 0, max: 4 }), split: fc.boolean() }),
  { minLength: 1, maxLength: 40 },
)

test('deltas in any order, and any of them twice, end in the state that the last change of each part made', () => {
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.nat()), (script, random) => {
      const { deltas, truth, closed, last } = history(script)
      const twice = [...deltas, ...deltas.filter(() => (random.next().value ?? 0) % 2 === 0)]
      const shuffled = twice
        .map((delta) => ({ delta, rank: random.next().value ?? 0 }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ delta }) => delta)
      const state = shuffled.reduce(applyDelta, emptyServerState)
      expect(state.commentCount).toBe(last * 10)
      if (script.some(({ kind }) => kind >= 3)) expect(state.closed).toBe(closed)
      for (const [key, { alive, html, reactions, replyCount }] of truth) {
        const shown = state.rows.get(key)?.comment ?? null
        if (alive) expect(shown).toMatchObject({ html, reactions, replyCount })
        else expect(shown).toBeNull()
      }
    }),
    { numRuns: 500 },
  )
})

test('a page from before a deletion does not bring the comment back', () => {
  const gone = applyDelta(
    emptyServerState,
    deltaOf([], { from: 4, to: 5, changes: [{ type: 'comment.gone', seq: 5, id: id(1) }] }),
  )
  expect(mergeComments(gone, [comment(1)], 4).rows.get(id(1))?.comment).toBeNull()
})

test('a page from before a reaction shows the comment with the newer total', () => {
  const change: Change = { type: 'reactions', seq: 7, id: id(1), reactions: { like: 3 } }
  const state = applyDelta(emptyServerState, deltaOf([], { from: 6, to: 7, changes: [change] }))
  expect(mergeComments(state, [comment(1)], 6).rows.get(id(1))?.comment?.reactions).toEqual({ like: 3 })
})

test('the source, which only the author gets, is kept when the same version comes without it', () => {
  const first = mergeComments(emptyServerState, [comment(1, { body: 'source' })], 1)
  expect(applyDelta(first, deltaOf([comment(1)])).rows.get(id(1))?.comment?.body).toBe('source')
  const other = applyDelta(emptyServerState, deltaOf([comment(1)]))
  expect(mergeComments(other, [comment(1, { body: 'source' })], 1).rows.get(id(1))?.comment?.body).toBe('source')
})
