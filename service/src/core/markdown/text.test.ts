import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeText, isBlank, normaliseBody, normaliseName, plainText } from './text.ts'

describe('normaliseBody', () => {
  test.each([
    ['line breaks of every kind', 'a\r\nb\rc\u2028d\u0085e', 'a\nb\nc\nd\ne'],
    ['decomposed letters', 'Việt', 'Việt'.normalize('NFC')],
    ['control characters', 'a\0b\u0007c\u001bd\u007fe\u009ff', 'abcdef'],
    ['tabs', '\ta', '\ta'],
    ['white space at line ends and blank edges', '\n \n  a  \nb\t\n\n', '  a\nb'],
    ['lone surrogates', 'a\ud83db', 'a\ufffdb'],
    ['joiners in emoji and words', '👩‍👧 می‌خواهم क्‍ष', '👩‍👧 می‌خواهم क्‍ष'],
    ['blank lines inside', 'a\n\n\nb', 'a\n\n\nb'],
    ['nothing', ' \n\t\r\n ', ''],
  ])('%s', (_name, raw, body) => {
    expect(normaliseBody(raw)).toBe(body)
  })

  test('it is idempotent, and the result is NFC and encodable as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (raw) => {
        const body = normaliseBody(raw)
        expect(normaliseBody(body)).toBe(body)
        expect(Buffer.from(body, 'utf8').toString('utf8')).toBe(body)
        expect(body.normalize('NFC')).toBe(body)
      }),
    )
  })

  test('a hundred thousand alternating marks take no noticeable time', () => {
    expect(normaliseBody(`a${'\u0301\u0316'.repeat(50_000)}`).length).toBeLessThan(40)
  })
})

describe('isBlank', () => {
  test.each([
    ['nothing', ''],
    ['white space', ' \n\t\u00a0\u3000\u2003'],
    ['zero-width characters', '\u200b\u200c\u200d\u2060\ufeff'],
    ['Hangul fillers', '\u3164\u115f\u1160\uffa0'],
    ['a Braille blank', '\u2800'],
    ['variation selectors', '\ufe0f\u{e0100}'],
    ['tag characters', '\u{e0061}\u{e0062}'],
    ['direction marks', '\u200e\u200f\u061c\u202e'],
    ['entities', '&nbsp;&#8203;&shy;'],
    ['reference definitions', '[x]: http://a.example\n[y]: http://b.example'],
    ['an empty quote', '> \n> '],
    ['an empty list', '-\n-'],
    ['a rule', '---'],
    ['an empty fence', '```js\n```'],
    ['an empty heading', '#'],
    ['a backslash break', '&nbsp;\\\n&nbsp;'],
    ['an empty link', '[]()'],
  ])('%s is blank', (_name, body) => {
    expect(isBlank(body)).toBe(true)
  })

  test.each([
    'a',
    '👍',
    '.',
    '[](https://a.example)',
    '![](https://a.example/x.png)',
    '`x`',
    '&amp;',
    '한',
    '字',
    '**',
    '\\',
  ])('%s is not blank', (body) => {
    expect(isBlank(body)).toBe(false)
  })
})

describe('normaliseName', () => {
  test.each([
    ['spaces', '  Ada \n\t Lovelace ', 'Ada Lovelace'],
    ['decomposed letters', 'Nguyễn'.normalize('NFD'), 'Nguyễn'.normalize('NFC')],
    ['zero width inside Latin', 'Ad\u200bm\u200din\u2060', 'Admin'],
    ['bidi overrides', '\u202eadA\u202c \u2067x\u2069', 'adA x'],
    ['controls', 'a\0\u0007b', 'ab'],
    ['a Persian name with a joiner', 'علی\u200cرضا', 'علی\u200cرضا'],
    ['an Indic name with a joiner', 'क्\u200dष', 'क्\u200dष'],
    ['joiners at the edges', '\u200dعلی\u200c', 'علی'],
    ['doubled joiners', 'علی\u200c\u200cرضا', 'علی\u200cرضا'],
    ['emoji', 'Mia 👩‍💻 ❤️', 'Mia 👩‍💻 ❤️'],
    ['a style selector on a letter', 'A\ufe0fda', 'Ada'],
    ['stacked marks', `A${'\u0316\u0317\u0318'.repeat(20)}da`, 'A\u0316\u0317\u0318\u0316da'],
    ['Hangul filler', '\u3164', ''],
    ['Braille blanks', '\u2800\u2800', ''],
    ['nothing to see', ' \u200b\u00ad ', ''],
  ])('%s', (_name, raw, name) => {
    expect(normaliseName(raw)).toBe(name)
  })

  test('it is idempotent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (raw) => {
        const name = normaliseName(raw)
        expect(normaliseName(name)).toBe(name)
        expect(name).not.toMatch(/[\n\r\t]| {2}|^ | $/)
      }),
      { numRuns: 2_000 },
    )
  })
})

test('plainText unescapes each character once', () => {
  expect(plainText('<p>a &lt;b&gt; &amp;lt; "c"<br />\nd</p>\n<p>e</p>\n')).toBe('a <b> &lt; "c"\nd\ne')
})

test('an escaped text has no markup, and plainText returns the original', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', '<b>"&amp;</b>', '<script>'), (text, markup) => {
      const html = escapeText(text + markup)
      expect(html).not.toMatch(/[<>"]|&(?!amp;|lt;|gt;|quot;)/)
      expect(plainText(html)).toBe((text + markup).trimEnd())
    }),
  )
})
