import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReorderBuffer } from '../../src/realtime/frame-reorder-buffer.ts'

const frame = fc
  .tuple(fc.nat(80), fc.integer({ min: 1, max: 4 }))
  .map(([from, span]) => ({ from, to: from + span, text: '' }))

test('frames are taken in order, each once, as far as they reach without a gap', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 100 }), fc.nat(20), (frames, start) => {
      const buffer = createReorderBuffer()
      for (const one of frames) buffer.hold(one)
      let head = start
      const taken = []
      for (let next = buffer.take(head); next !== null; next = buffer.take(head)) {
        expect(next.from).toBeLessThanOrEqual(head)
        expect(next.to).toBeGreaterThan(head)
        taken.push(next)
        head = next.to
      }
      expect(new Set(taken).size).toBe(taken.length)
      if (new Set(frames.map(({ from }) => from)).size > 64) return
      let reachable = start
      for (let i = 0; i < frames.length; i += 1)
        for (const { from, to } of frames) if (from <= reachable) reachable = Math.max(reachable, to)
      expect(head).toBe(reachable)
      expect(buffer.isEmpty).toBe(frames.every(({ from }) => from <= reachable))
    }),
  )
})

test('of two frames with the same start the longer one is held, whichever arrives first', () => {
  const [short, long] = [5, 8].map((to) => ({ from: 3, to, text: '' }))
  if (short === undefined || long === undefined) throw new Error('no frames')
  for (const frames of [
    [short, long],
    [long, short],
  ]) {
    const buffer = createReorderBuffer()
    for (const one of frames) buffer.hold(one)
    expect(buffer.take(3)).toBe(long)
    expect(buffer.isEmpty).toBe(true)
  }
})

test('at most 64 frames are held, and a buffer that turned one away is not empty until it is cleared', () => {
  const buffer = createReorderBuffer()
  for (let from = 1; from <= 70; from += 1) buffer.hold({ from, to: from + 1, text: '' })
  let taken = 0
  for (let next = buffer.take(1); next !== null; next = buffer.take(next.to)) taken += 1
  expect(taken).toBe(64)
  expect(buffer.isEmpty).toBe(false)
  buffer.clear()
  expect(buffer.isEmpty).toBe(true)
})
