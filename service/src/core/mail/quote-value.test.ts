import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findLinks } from '../../../testing/find-links.ts'
import { quoteValue } from './quote-value.ts'

test('the judge finds what mail programs make links of', () => {
  for (const text of [
    'see evil.com',
    'evil.example/path',
    'eve@evil.com',
    'http://evil',
    'www.evil.org',
    '192.168.0.1',
    '//evil.com',
  ])
    expect(findLinks(`x ${text} y`)).toHaveLength(1)
})

test('names that contain no mark of a link stay as they are', () => {
  for (const name of [
    'Nguyễn Thị Minh Khai',
    "Seán O'Brien",
    '山田 太郎',
    'Blog & Töchter',
    'a = b?',
    'Dr. Ann',
    '👩‍👩‍👧',
  ])
    expect(quoteValue(name)).toBe(name)
})

test('whatever it is made of, nothing in it is a link, and it is one short line', () => {
  const pieces = fc.constantFrom(
    ...[
      'http',
      'https',
      '://',
      ':',
      '/',
      '//',
      'www',
      '.',
      'evil',
      'com',
      'example',
      '@',
      'mailto:',
      'eve',
      ' ',
      '\n',
      '\\',
    ],
    ...[
      '\u2060',
      '\u200b',
      '。',
      '．',
      '\u202e',
      '192.168.0.1',
      ':8080',
      '#',
      '?',
      '=',
      '=?',
      '?=',
      '\u0301',
      'ă',
      '\ud800',
    ],
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const quoted = quoteValue(parts.join(''))
      expect(findLinks(quoted)).toEqual([])
      expect(findLinks(`See ${quoted}.`)).toEqual([])
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
      expect(quoted).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\ud800]|=\?/)
      expect([...quoted].length).toBeLessThan(400)
    }),
    { numRuns: 2_000 },
  )
})

test('right-to-left text is isolated, so that it does not reorder what is around it', () => {
  expect(quoteValue('עמר')).toBe('\u2068עמר\u2069')
  expect(quoteValue('\u202eabc')).toBe('abc')
})

test('a very long text is cut after 80 letters, quickly', () => {
  const from = performance.now()
  expect(quoteValue('a'.repeat(5_000))).toBe(`${'a'.repeat(80)}…`)
  expect(quoteValue('👩‍👩‍👧'.repeat(100)).endsWith('…')).toBe(true)
  expect(quoteValue('a'.repeat(10_000_000))).toBe(`${'a'.repeat(80)}…`)
  expect(performance.now() - from).toBeLessThan(5_000)
})
