import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderBody } from '../../src/core/markdown/render-markdown.ts'
import { sanitise } from '../../src/core/markdown/sanitise.ts'
import { normaliseBody } from '../../src/core/markdown/text.ts'
import { corpus, largeCorpus } from '../../testing/injection-corpus.ts'
import { pathologicalBodies } from '../../testing/pathological-bodies.ts'
import { complaints } from './oracle.ts'

test('the corpus has at least 150 distinct vectors with distinct names', () => {
  expect(new Set(corpus.map(({ body }) => body)).size).toBeGreaterThanOrEqual(150)
  expect(new Set(corpus.map(({ group, name }) => `${group}/${name}`)).size).toBe(corpus.length)
})

test.each([
  '<script>alert(1)</script>',
  '<img src="x" onerror="alert(1)">',
  '<p onclick="alert(1)">x</p>',
  '<p class="owner">x</p>',
  '<a href="javascript:alert(1)" rel="nofollow ugc noopener noreferrer" target="_blank">x</a>',
  '<a href="//evil.example/" rel="nofollow ugc noopener noreferrer" target="_blank">x</a>',
  '<a href="https://a.example/">x</a>',
  '<p>x',
  '<p>x</em></p>',
  '<p><p>x</p></p>',
  '<p>a & b</p>',
  '<p>a < b</p>',
  '<p>\u202ex</p>',
])('the oracle rejects %j', (html) => {
  expect(complaints(html)).not.toEqual([])
})

describe.each([...new Set(corpus.map(({ group }) => group))])('%s', (group) => {
  test.each(corpus.filter((vector) => vector.group === group))(
    '$name renders to allow-listed HTML only',
    ({ body }) => {
      for (const source of [body, normaliseBody(body), `> - ${body}`, `**${body}**`]) {
        const html = renderBody(source)
        expect(complaints(html)).toEqual([])
        expect(sanitise(html)).toBe(html)
      }
    },
  )
})

describe('the sanitiser on its own', () => {
  test.each(corpus)('reduces $group/$name as HTML input', ({ body }) => {
    const html = sanitise(body)
    expect(complaints(html).filter((complaint) => !/^(?:p|li|hr|pre|\w+) in |^control/.test(complaint))).toEqual([])
    expect(sanitise(html)).toBe(html)
  })
})

test.each(largeCorpus)('$name, 20,000 long, renders to allow-listed HTML of bounded size and depth', ({ body }) => {
  const html = renderBody(body)
  expect(complaints(html)).toEqual([])
  expect(html.length).toBeLessThan(600_000)
})

test.each(pathologicalBodies(100_000))(
  '$name, 100,000 long, neither overflows the stack nor renders other HTML',
  ({ body }) => {
    expect(complaints(renderBody(body))).toEqual([])
  },
)

const fragments = fc.constantFrom(
  ...Array.from('*_~`[]()!<>&#-+\\:/"\'=@.|{}\n\t aé\u0301\u202e\u2067\u2069\u200d\0'),
  ...[
    '\n\n',
    '\n> ',
    '\n- ',
    '\n1. ',
    '    ',
    '```',
    '](',
    '[a]: ',
    '![',
    '://',
    'http://',
    'https://a.bc/',
    '&#x',
    '&lt;',
  ],
  ...['javascript:', 'data:text/html,', '<img src=x onerror=alert(1)>', '</p>', '<!--', '<svg>', '\ud83d', '%E2%80%AE'],
)

test('any mixture of markup, schemes and unusual characters renders to allow-listed HTML, unchanged when sanitised again', () => {
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 20 }), (parts, tail) => {
      const html = renderBody(parts.join('') + tail)
      expect(complaints(html)).toEqual([])
      expect(sanitise(html)).toBe(html)
    }),
    { numRuns: 3_000 },
  )
})

test('any text sanitised as HTML results in allow-listed HTML', () => {
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 40 }), (parts) => {
      const html = sanitise(parts.join(''))
      expect(html).not.toMatch(/<(?!\/?(?:p|br|em|strong|del|code|pre|blockquote|ul|ol|li|a|hr)[ >])/)
      expect(sanitise(html)).toBe(html)
    }),
    { numRuns: 1_000 },
  )
})
