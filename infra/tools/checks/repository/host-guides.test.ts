import { type DefaultTreeAdapterMap, parseFragment } from 'parse5'
import { describe, expect, test } from 'vitest'
import { filesBelow, readFile } from '../deployment-tools.ts'

const FOLDER = 'infra/docs/guides/hosts'
const HOSTS = [
  'angular',
  'astro',
  'docusaurus',
  'eleventy',
  'ghost',
  'hugo',
  'jekyll',
  'plain-html',
  'react',
  'svelte',
  'vue',
  'wordpress',
]

type Block = { readonly language: string; readonly text: string }

const blocksOf = (guide: string): Block[] =>
  [...guide.matchAll(/^```(\S+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }))

/** What a block of code makes a browser load: the attributes of its script. */
const scriptIn = ({ language, text }: Block): Record<string, string> | null => {
  if (language === 'html' || language === 'astro') {
    const nodes: DefaultTreeAdapterMap['childNode'][] = parseFragment(text.trim()).childNodes
    const [node, ...others] = nodes
    if (others.length > 0 || node?.nodeName !== 'script' || !('attrs' in node)) return null
    return Object.fromEntries(node.attrs.map(({ name, value }) => [name, value]))
  }
  const set = (property: string): string =>
    new RegExp(`^\\s*script\\.${property} = '?([^'\\n]*)'?$`, 'm').exec(text)?.[1] ?? ''
  return {
    src: set('src'),
    'data-site': set("dataset(?:\\.site|\\['site'\\])"),
    ...(set('async') === 'true' && { async: '' }),
  }
}

test('there is a guide for every host, in both languages, and nothing else', () => {
  const expected = HOSTS.flatMap((host) => [`${FOLDER}/${host}.md`, `${FOLDER}/${host}.vi.md`])
  expect(filesBelow(FOLDER, '').sort()).toEqual(expected.sort())
})

describe.each(HOSTS)('the guide for %s', (host) => {
  const english = readFile(`${FOLDER}/${host}.md`)
  const vietnamese = readFile(`${FOLDER}/${host}.vi.md`)

  test('has one block with the snippet, and names the service and the site only there', () => {
    for (const guide of [english, vietnamese]) {
      const withPlaceholders = blocksOf(guide).filter(({ text }) => /\{\{\w+\}\}/.test(text))
      expect(withPlaceholders).toHaveLength(1)
      expect([...guide.matchAll(/\{\{\w+\}\}/g)].map(([placeholder]) => placeholder).sort()).toEqual([
        '{{base}}',
        '{{site}}',
      ])
    }
  })

  test('loads embed.js of the service, for the site, without holding up the page', () => {
    const [block] = blocksOf(english).filter(({ text }) => text.includes('{{site}}'))
    const script = block === undefined ? null : scriptIn(block)
    expect(script).toMatchObject({ src: '{{base}}/embed.js', 'data-site': '{{site}}', async: '' })
    expect(
      Object.keys(script ?? {}).filter((name) => !/^(?:src|data-site|async|is:inline|data-astro-rerun)$/.test(name)),
    ).toEqual([])
  })

  test('has the same name, code and number of paragraphs in both languages', () => {
    // Words in code are translated; its shape is not.
    const shape = (guide: string) =>
      blocksOf(guide).map(({ language, text }) => `${language} ${text.split('\n').length}`)
    expect(shape(vietnamese)).toEqual(shape(english))
    const parts = (guide: string): number => guide.split(/\n\n+/).length
    expect(parts(vietnamese)).toBe(parts(english))
    const title = (guide: string): string => guide.split('\n')[0] ?? ''
    expect(title(english)).toMatch(/^# \S/)
    if (host !== 'plain-html') expect(title(vietnamese)).toBe(title(english))
  })

  test('is written in its own language', () => {
    expect(vietnamese).toMatch(/[ăâđêôơư]/)
    expect(english).not.toMatch(/[ăâđêôơư]/)
  })
})
