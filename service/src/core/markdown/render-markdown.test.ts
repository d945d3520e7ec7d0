import { describe, expect, test } from 'vitest'
import { pathologicalBodies } from '../../../testing/pathological-bodies.ts'
import { renderBody } from './render-markdown.ts'
import { plainText } from './text.ts'

const rel = 'rel="nofollow ugc noopener noreferrer" target="_blank"'
const link = (href: string, text: string): string => `<a href="${href}" ${rel}>${text}</a>`
const paragraph = (html: string): string => `<p>${html}</p>\n`

describe('Markdown', () => {
  test.each([
    [
      'emphasis, strong, strike and code',
      '*a* **b** ~~c~~ `d`',
      '<em>a</em> <strong>b</strong> <del>c</del> <code>d</code>',
    ],
    ['a single line break', 'a\nb', 'a<br />\nb'],
    ['markup that is text', '1 < 2 && a > b "c"', '1 &lt; 2 &amp;&amp; a &gt; b "c"'],
    ['HTML that is text', '<b>x</b>', '&lt;b&gt;x&lt;/b&gt;'],
    [
      'a bare address',
      'see https://a.example/b_c?d=1&e=2.',
      `see ${link('https://a.example/b_c?d=1&amp;e=2', 'https://a.example/b_c?d=1&amp;e=2')}.`,
    ],
    [
      'an address in brackets',
      '(https://a.example/b(c))',
      `(${link('https://a.example/b(c)', 'https://a.example/b(c)')})`,
    ],
    [
      'an address before CJK punctuation',
      'https://a.example/b。',
      `${link('https://a.example/b', 'https://a.example/b')}。`,
    ],
    ['a link', '[x](https://a.example "title")', link('https://a.example/', 'x')],
    ['a link by reference', '[x][y]\n\n[y]: https://a.example', link('https://a.example/', 'x')],
    ['a mail address', '<bob@a.example>', link('mailto:bob@a.example', 'bob@a.example')],
    ['an image', '![cat](https://a.example/c.png)', link('https://a.example/c.png', 'cat')],
    [
      'an image without a text',
      '![](https://a.example/c.png)',
      link('https://a.example/c.png', 'https://a.example/c.png'),
    ],
    ['an image in a link', '[![cat](https://b.example/c.png)](https://a.example)', link('https://a.example/', 'cat')],
    ['a heading', '## Title', '<strong>Title</strong>'],
    ['a table', '| a |\n|---|', '| a |<br />\n|---|'],
    ['an emoji of several characters', '👩‍👩‍👧‍👦 ❤️', '👩‍👩‍👧‍👦 ❤️'],
  ])('%s', (_name, body, html) => {
    expect(renderBody(body)).toBe(paragraph(html))
  })

  test('a line of dashes under a line of text is a rule, not a heading', () => {
    expect(renderBody('a\n---\nb')).toBe('<p>a</p>\n<hr />\n<p>b</p>\n')
  })

  test('lists, their first number, quotes and code blocks are kept', () => {
    expect(renderBody('3. a\n4. b')).toBe('<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n')
    expect(renderBody('> a')).toBe('<blockquote>\n<p>a</p>\n</blockquote>\n')
    expect(renderBody('```C++ title=x\n<a>\n```')).toBe('<pre><code class="language-c++">&lt;a&gt;\n</code></pre>\n')
  })

  test.each([
    ['Vietnamese, decomposed', 'Tiếng Việt được viết đẹp'.normalize('NFD')],
    ['Hindi', 'क्षत्रिय श्रीमद्भगवद्गीता ज़िन्दगी'],
    ['Thai', 'ที่นี่ น้ำใจ กตัญญูกตเวที'],
    ['Arabic, pointed', 'بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ'],
    ['Hebrew, pointed and accented', 'בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים'],
    ['Burmese', 'မြန်မာဘာသာ ကျွန်ုပ် လွှဲပြောင်း'],
    ['Tibetan', 'བསྒྲུབས་ ཧཱུྃ'],
    ['Persian with joiners', 'می‌خواهم کتاب‌ها'],
    ['Khmer', 'ស្រ្តី ខ្ញុំ'],
    ['isolated names', 'by \u2068علي\u2069, today'],
  ])('%s is not changed', (_name, text) => {
    expect(plainText(renderBody(text))).toBe(text)
  })
})

describe('misleading text', () => {
  test.each([
    [
      'a text that names another host',
      '[https://bank.example](https://evil.example)',
      `${link('https://evil.example/', 'https://bank.example')} (evil.example)`,
    ],
    [
      'a text that names it in other letters',
      '[ｂank．example](https://evil.example)',
      `${link('https://evil.example/', 'ｂank．example')} (evil.example)`,
    ],
    [
      'a host of look-alike letters',
      'https://аррӏе.example',
      `${link('https://xn--80ak6aa92e.example/', 'https://аррӏе.example')} (xn--80ak6aa92e.example)`,
    ],
    [
      'a link that cannot be seen',
      '[\u200b](https://a.example)',
      link('https://a.example/', '\u200bhttps://a.example/'),
    ],
    ['a right-to-left override', 'a\u202egpj.exe', 'agpj.exe'],
    ['an isolate that is never closed', '\u2067a', 'a'],
    ['credentials', '[x](https://bank.example@evil.example)', '[x](https://bank.example@evil.example)'],
    ['a relative address', '[x](/logout)', '[x](/logout)'],
    ['an address without a protocol', '[x](//evil.example)', '[x](//evil.example)'],
  ])('%s', (_name, body, html) => {
    expect(renderBody(body)).toBe(paragraph(html))
  })

  test('the host is not added to a link that shows it, with or without www, or that shows no host', () => {
    expect(renderBody('[www.a.example](https://a.example)')).toBe(
      paragraph(link('https://a.example/', 'www.a.example')),
    )
    expect(renderBody('[see e.g. this, v1.2](https://a.example)')).not.toContain('(a.example)')
  })

  test('stacked marks are cut to what a script may need', () => {
    const marks = (html: string): number => (html.match(/\p{M}/gu) ?? []).length
    expect(marks(renderBody(`a${'\u0301\u0316\u0302\u0317\u0303'.repeat(20)}`))).toBe(4)
    expect(marks(renderBody(`ก${'\u0e49'.repeat(50)}`))).toBe(2)
    expect(marks(renderBody(`a${'*\u0301\u0316*'.repeat(50)}`))).toBeLessThanOrEqual(8)
  })
})

describe('bounds', () => {
  test('nesting beyond the limit is shown as text and no text is lost', () => {
    const html = renderBody(`${'> '.repeat(50)}deep\n\n${'- '.repeat(50)}deeper`)
    expect(html.match(/<blockquote>/g)?.length).toBe(10)
    expect(html.match(/<ul>/g)?.length).toBe(5)
    expect(plainText(html).match(/>/g)?.length).toBe(40)
    expect(plainText(html)).toContain('deeper')
  })

  test('a body of very many blocks keeps every word', () => {
    const body = Array.from({ length: 5_000 }, (_, at) => `- ${at}`).join('\n')
    const shown = plainText(renderBody(body))
    expect(shown.match(/\d+/g)).toEqual(Array.from({ length: 5_000 }, (_, at) => String(at)))
  })

  test('at most two hundred links are made, the rest is text', () => {
    const html = renderBody(`[a]: https://a.example/${'b'.repeat(1_000)}\n\n${'[a] '.repeat(4_000)}`)
    expect(html.match(/<a /g)?.length).toBeLessThanOrEqual(200)
    expect(html.length).toBeLessThan(150_000)
    expect(plainText(html).match(/a/g)?.length).toBe(4_000)
  })

  /** CPU time, so that other work on the machine does not count. */
  const workMs = (body: string): number => {
    const once = (): number => {
      const before = process.cpuUsage()
      renderBody(body)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1_000
    }
    return Math.min(once(), once(), once())
  }

  /** Too short to measure growth, and far below the limit of infra/tools/bench/render.ts. */
  const noiseMs = 25
  const small = new Map(pathologicalBodies(2_000).map(({ name, body }) => [name, body]))

  // Linear work grows tenfold and quadratic a hundredfold.
  test.each(pathologicalBodies(20_000))('$name: ten times the text is not forty times the work', ({ name, body }) => {
    const grewTooFast = (): boolean => {
      const ms = workMs(body)
      return ms > noiseMs && ms > 40 * workMs(small.get(name) ?? '')
    }
    // Other work may disturb one measurement of three; quadratic work fails all.
    expect(grewTooFast() && grewTooFast() && grewTooFast()).toBe(false)
  })
})
