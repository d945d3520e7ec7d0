import { cursorSchema } from '@repartee/sdk/protocol'
import fc from 'fast-check'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { fromCursor, toCursor } from './cursor.ts'

test('a cursor round-trips and is valid in the protocol', () => {
  const number = fc.maxSafeNat()
  fc.assert(
    fc.property(fc.constantFrom('newest', 'oldest', 'top'), number, number, (sort, createdSeq, score) => {
      const cursor = toCursor(sort, { createdSeq, score })
      expect(v.is(cursorSchema, cursor)).toBe(true)
      expect(fromCursor(sort, cursor)).toEqual({ createdSeq, score: sort === 'top' ? score : 0 })
    }),
  )
})

test('any other text is refused', () => {
  fc.assert(
    fc.property(fc.constantFrom('newest', 'oldest', 'top'), fc.string(), (sort, text) => {
      try {
        const position = fromCursor(sort, text)
        expect(Number.isSafeInteger(position.createdSeq) && position.createdSeq >= 0).toBe(true)
      } catch (cause) {
        expect(cause).toMatchObject({ code: 'invalid_request' })
      }
    }),
  )
  for (const text of ['', '.', '1.', '.1', '-1', '1e3.', 'zzzzzzzzzzz', '1.1.1', ' 1', 'A'])
    for (const sort of ['newest', 'top'] as const) expect(() => fromCursor(sort, text)).toThrow()
})
