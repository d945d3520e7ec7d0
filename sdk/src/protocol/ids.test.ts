import fc from 'fast-check'
import * as v from 'valibot'
import { expect, test, vi } from 'vitest'
import { idSchema, siteKeySchema } from './ids.ts'

/** A fresh module, and so a new counter, as in a new process. */
const freshNewId = async () => {
  vi.resetModules()
  return (await import('./new-id.ts')).newId
}

test('the fields are where RFC 9562 §5.7 puts them', async () => {
  const newId = await freshNewId()
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    if (array instanceof Uint8Array) array.fill(0xff)
    return array
  })
  // The time in the RFC's example, appendix A.6.
  const id = newId(0x017f22e279b0)
  vi.restoreAllMocks()
  expect(id).toBe('017f22e2-79b0-77ff-bfff-ffffffffffff')
})

test('an id is a version 7 UUID that carries its time', async () => {
  const newId = await freshNewId()
  for (const ms of [1_645_557_742_000, 1_790_000_000_001, 2 ** 47]) {
    const id = newId(ms)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(ms)
    expect(v.parse(idSchema, id)).toBe(id)
  }
})

test('ids strictly increase, even within a millisecond and when the clock is set back', async () => {
  const newId = await freshNewId()
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 1, maxLength: 200 }), (steps) => {
      const ids = steps.map((step) => newId(1_800_000_000_000 + step))
      expect(ids).toEqual(ids.toSorted())
      expect(new Set(ids).size).toBe(ids.length)
    }),
  )
  const burst = Array.from({ length: 20_000 }, () => newId(1_900_000_000_000))
  expect(burst).toEqual(burst.toSorted())
  expect(new Set(burst).size).toBe(burst.length)
})

test.each([
  '',
  'not-a-uuid',
  '017f22e2-79b0-7cc3-98c4-dc0c0c07398',
  '017f22e279b07cc398c4dc0c0c07398f',
  ' 017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
])('%o is not an id', (text) => {
  expect(v.is(idSchema, text)).toBe(false)
})

test('a site key is short, lower case and safe in a URL', () => {
  for (const good of ['demo', 'a1', 'my-blog_2', 'x'.repeat(40)]) expect(v.is(siteKeySchema, good)).toBe(true)
  for (const bad of ['', 'a', '-a', 'Demo', 'a/b', 'a b', 'ü', 'x'.repeat(41), 'a\n'])
    expect(v.is(siteKeySchema, bad), bad).toBe(false)
})
