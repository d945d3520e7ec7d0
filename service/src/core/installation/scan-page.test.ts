import fc from 'fast-check'
import { type DefaultTreeAdapterMap, parse } from 'parse5'
import { describe, expect, test } from 'vitest'
import { scanPage } from './scan-page.ts'

/*
 * The oracle is the tree that parse5 builds by the whole algorithm of the HTML standard. In the service it would be no
 * good: a tree can be far larger than its text.
 */
type Node = DefaultTreeAdapterMap['node']

const attributesOf = (node: Node): Record<string, string> =>
  'attrs' in node ? Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])) : {}

const scanTree = (html: string) => {
  const scripts: unknown[] = []
  const elements: unknown[] = []
  const policies: string[] = []
  const walk = (node: Node, at: { inBody: boolean; within: 'template' | null }): void => {
    const attributes = attributesOf(node)
    if (node.nodeName === 'script' && attributes.src?.includes('/embed.js'))
      scripts.push({ src: attributes.src, site: attributes['data-site'] ?? null, nonce: attributes.nonce ?? '', ...at })
    if (node.nodeName === 'repartee-comments') elements.push({ site: attributes.site ?? null, within: at.within })
    const isPolicy = attributes['http-equiv']?.toLowerCase() === 'content-security-policy'
    if (node.nodeName === 'meta' && isPolicy && !at.inBody && at.within === null)
      policies.push(attributes.content ?? '')
    if ('content' in node) walk(node.content, { ...at, within: 'template' })
    if ('childNodes' in node)
      for (const child of node.childNodes) walk(child, { ...at, inBody: at.inBody || node.nodeName === 'body' })
  }
  walk(parse(html, { scriptingEnabled: true }), { inBody: false, within: null })
  return { scripts, elements, policies }
}

/** The same of our scan, without what the tree does not have: content of `<noscript>` is text there. */
const scanTags = async (html: string) => {
  const { scripts, elements, policies } = await scanPage(html)
  return {
    scripts: scripts
      .filter(({ within }) => within !== 'noscript')
      .map(({ src, site, nonce, inBody, within }) => ({ src, site, nonce, inBody, within })),
    elements: elements.filter(({ within }) => within !== 'noscript'),
    policies,
  }
}

const EMBED = 'src="https://c.example/embed.js"'
const pieces = fc.constantFrom(
  'text',
  ' \n ',
  '&lt;script&gt;',
  '&',
  '<',
  '<p>',
  '</p>',
  '<div class=a>',
  '</div>',
  '<br/>',
  '<title>',
  '</title>',
  '<textarea>',
  '</textarea>',
  '<style>',
  '</style>',
  '<script>',
  '<script>"<p>"',
  '</script>',
  '</SCRIPT >',
  `<script ${EMBED}>`,
  `<script ${EMBED} data-site="a" nonce=n></script>`,
  `<script async ${EMBED} data-site='a&amp;b' data-site=c></script>`,
  `<SCRIPT SRC=https://c.example/embed.js DATA-SITE=A></SCRIPT>`,
  '<repartee-comments>',
  '<repartee-comments site="a">',
  '</repartee-comments>',
  '<meta http-equiv="Content-Security-Policy" content="script-src &#39;self&#39;">',
  '<meta charset=utf-8>',
  '<link rel=canonical href="/">',
  '<!-- ',
  ' -->',
  '<!-->',
  '--!>',
  '<!doctype html>',
  '<?php ?>',
  '<![CDATA[x]]>',
)
/** A page with its parts in the order in which people write them, and anything between. */
const page = fc
  .tuple(fc.boolean(), fc.array(pieces, { maxLength: 6 }), fc.boolean(), fc.array(pieces, { maxLength: 12 }))
  .map(([hasHead, head, hasBody, body]) =>
    [hasHead ? '<html><head>' : '', ...head, hasHead ? '</head>' : '', hasBody ? '<body>' : '', ...body].join(''),
  )

/** A comment opened in a script: HTML then lets `<script>` nest in it, which htmlparser2 12 does not know. */
const isDoubleEscaped = (html: string): boolean => /<script(?:(?!<\/script)[\s\S])*<!--/i.test(html)

test('finds the same scripts, elements and policies as the tree of the HTML standard', async () => {
  await fc.assert(
    fc.asyncProperty(page, async (html) => {
      fc.pre(!isDoubleEscaped(html))
      expect(await scanTags(html)).toEqual(scanTree(html))
    }),
    { numRuns: 2_000 },
  )
})

test('finds the same however the text is cut for scanning', async () => {
  const tag = `<script ${EMBED} data-site="my-&#98;log"></script>`
  const expected = [{ src: 'https://c.example/embed.js', site: 'my-blog', nonce: '', inBody: true, within: null }]
  for (let shift = 0; shift <= tag.length; shift += 1) {
    const html = `<p>${'a'.repeat(8 * 1_024 - 3 - shift)}${tag}`
    expect((await scanTags(html)).scripts, String(shift)).toEqual(expected)
  }
})

describe('time is linear in the length of the page', () => {
  test.each<[what: string, make: (n: number) => string]>([
    ['open tags, then other closing tags', (n) => '<i>'.repeat(n) + '</b>'.repeat(n)],
    ['formatting that a tree would repeat', (n) => '<div>'.repeat(n) + '<b id=1>'.repeat(n) + '</div>x'.repeat(n)],
    ['attributes of one tag', (n) => `<script ${Array.from({ length: n }, (_, i) => `a${i}`).join(' ')}>`],
    ['the same attribute', (n) => `<script ${'src=x '.repeat(n)}>`],
    ['references in an attribute', (n) => `<script src="${'&amp;'.repeat(n)}">`],
    ['references in text', (n) => `/embed.js ${'&lt;'.repeat(n)}`],
    ['comments', (n) => '<!-- /embed.js -->'.repeat(n)],
    ['an open comment', (n) => `<!--${'--!'.repeat(n)}`],
    ['scripts of the widget', (n) => `<script src=/embed.js></script>`.repeat(n)],
    ['text between tags', (n) => '/embed.js<p>'.repeat(n)],
    ['ends of scripts', (n) => `<script>${'</scrip'.repeat(n)}`],
    ['templates', (n) => '<template>'.repeat(n)],
    ['less-than signs', (n) => '<'.repeat(n)],
  ])('%s', async (_, make) => {
    const once = async (n: number): Promise<number> => {
      const html = make(n)
      // The time of this process, which others on the machine do not lengthen.
      const before = process.cpuUsage()
      await scanPage(html)
      return process.cpuUsage(before).user / 1_000
    }
    const best = async (n: number): Promise<number> => Math.min(await once(n), await once(n), await once(n))
    await once(20_000)
    // Sixteen times the length takes about sixteen times as long; quadratic would be 256 times. The first is a few ms.
    expect((await best(160_000)) / Math.max(1, await best(10_000))).toBeLessThan(128)
  })
})
