import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rising } from './rising.ts'

/** The length of the longest ascending run through `through` (any, if it is undefined), by trying everything. */
const longest = (from: readonly number[], through?: number): number => {
  const best = (at: number, last: number, met: boolean): number => {
    if (at === from.length) return met ? 0 : Number.NEGATIVE_INFINITY
    const place = from[at] ?? -1
    const without = best(at + 1, last, met)
    return place > last ? Math.max(without, 1 + best(at + 1, place, met || at === through)) : without
  }
  return best(0, -1, through === undefined)
}

/** Some of the places 0…n−1 in any order, and items that are new. */
const orders = fc
  .tuple(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7]), fc.array(fc.nat({ max: 8 }), { maxLength: 3 }))
  .map(([places, news]) => news.reduce((order, at) => order.toSpliced(at, 0, -1), places))

test('what stays is the longest part whose order did not change', () => {
  fc.assert(
    fc.property(orders, (from) => {
      const staying = [...rising(from)].sort((a, b) => a - b)
      const places = staying.map((i) => from[i] ?? -1)
      expect(places).toEqual([...places].sort((a, b) => a - b))
      expect(places).not.toContain(-1)
      expect(staying).toHaveLength(longest(from))
    }),
    { numRuns: 1_000 },
  )
})

test('one that is named stays, and as many others as can with it', () => {
  fc.assert(
    fc.property(orders, fc.nat(), (from, n) => {
      const known = from.flatMap((place, i) => (place < 0 ? [] : [i]))
      const fixed = known[n % Math.max(1, known.length)]
      if (fixed === undefined) return
      const staying = rising(from, fixed)
      expect(staying).toContain(fixed)
      expect(staying.size).toBe(longest(from, fixed))
    }),
    { numRuns: 1_000 },
  )
})

test('a list that only grew or shrank stays as it is', () => {
  expect([...rising([0, -1, 2, -1, 5])].sort()).toEqual([0, 2, 4])
})
