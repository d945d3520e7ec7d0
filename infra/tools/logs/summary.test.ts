import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatSummary } from './format-summary.ts'
import { readLines } from './read-lines.ts'
import { createSummary } from './summary.ts'

const summaryOf = (lines: readonly (string | null)[], maxGroups = 100) => {
  const summary = createSummary(maxGroups)
  for (const line of lines) summary.add(line)
  return summary.result()
}
const line = (fields: object): string => JSON.stringify({ level: 'info', msg: 'm', ...fields })
const at = (second: number): string => new Date(1_700_000_000_000 + second * 1_000).toISOString()

test('groups have a count, a first request id, and first and last times in any order of lines', () => {
  const { groups, levels, lines, unreadable, firstAt, lastAt } = summaryOf([
    line({ msg: 'ready', time: at(5), port: 8080 }),
    line({ level: 'error', msg: 'request failed', time: at(9), route: 'a' }),
    line({ level: 'error', msg: 'request failed', time: at(7), route: 'a', requestId: 'r1' }),
    line({ level: 'error', msg: 'request failed', time: at(8), route: 'a', requestId: 'r2' }),
    line({ level: 50, msg: 'request failed', time: 1_700_000_006_000, route: 'b' }),
    'not json',
    '{"no":"message"}',
    '"text"',
    null,
    '',
  ])
  expect(groups.map(({ level, text, count, requestId }) => [level, text, count, requestId])).toEqual([
    ['error', 'request failed route=a', 3, 'r1'],
    ['error', 'request failed route=b', 1, null],
    ['info', 'ready', 1, null],
  ])
  expect([groups[0]?.firstAt, groups[0]?.lastAt]).toEqual([Date.parse(at(7)), Date.parse(at(9))])
  expect([firstAt, lastAt]).toEqual([Date.parse(at(5)), Date.parse(at(9))])
  expect({ lines, unreadable, error: levels.error, info: levels.info }).toEqual({
    lines: 9,
    unreadable: 4,
    error: 4,
    info: 1,
  })
})

test('many different lines do not displace errors or frequent lines, and every line is counted', () => {
  const flood = Array.from({ length: 5_000 }, (_, i) => line({ msg: `${String.fromCodePoint(0x4e00 + i)} scan` }))
  const { groups, lines, dropped } = summaryOf(
    [line({ level: 'error', msg: 'once, early' }), ...flood.flatMap((other) => [other, line({ msg: 'often' })])],
    50,
  )
  expect(groups.length).toBe(50)
  expect(groups[0]?.text).toBe('once, early')
  expect(groups[1]).toMatchObject({ text: 'often', count: 5_000 })
  expect(groups.reduce((sum, { count }) => sum + count, dropped)).toBe(lines)
})

test('lines are found however the stream is split, even within a character, and overlong ones are skipped', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll('\n', ' '))),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      async (texts, sizes) => {
        const bytes = new TextEncoder().encode(texts.map((text) => `${text}\n`).join(''))
        async function* cut(): AsyncGenerator<Uint8Array> {
          for (let i = 0, n = 0; i < bytes.length; n += 1) {
            const size = sizes[n % sizes.length] ?? 1
            yield bytes.subarray(i, i + size)
            i += size
          }
        }
        const found: (string | null)[] = []
        for await (const text of readLines(cut(), 20)) found.push(text)
        expect(found).toEqual(texts.map((text) => (text.length > 20 ? null : text)))
      },
    ),
  )
})

test('the text says how much it leaves out', () => {
  const lines = formatSummary(summaryOf([line({ msg: 'a', time: at(0), requestId: 'r' }), line({ msg: 'b' }), 'x']), 1)
  expect(lines[0]).toBe('3 lines: 2 info, 1 unreadable')
  expect(lines).toContain('    1  info   2023-11-14 22:13:20Z  2023-11-14 22:13:20Z  a  [r]')
  expect(lines.at(-1)).toBe('and 1 more groups; --limit shows them')
})
