import createMarkdownIt, { type MarkdownIt } from 'markdown-it'
import type { Plugin } from 'vite'

type Token = ReturnType<MarkdownIt['parse']>[number]

export type GuideMark = 'strong' | 'em' | 'code'
/** Some words of running text, in one style. */
export type GuideRun = { readonly text: string; readonly marks: readonly GuideMark[]; readonly href?: string }
/** A guide as the install page draws it: no markup, since the dashboard's policy lets no string become any. */
export type GuidePart =
  | { readonly kind: 'text'; readonly runs: readonly GuideRun[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly GuideRun[])[] }
  | { readonly kind: 'code'; readonly language: string; readonly code: string }
export type Guide = { readonly title: string; readonly parts: readonly GuidePart[] }

const markdown = createMarkdownIt({ html: false })

const MARKS: Readonly<Record<string, GuideMark>> = { strong: 'strong', em: 'em' }

const runsOf = (inline: Token): GuideRun[] => {
  const runs: GuideRun[] = []
  let marks: GuideMark[] = []
  let href: string | undefined
  const add = (text: string, more: GuideMark[] = []): void => {
    if (text !== '') runs.push({ text, marks: [...marks, ...more], ...(href !== undefined && { href }) })
  }
  for (const token of inline.children ?? []) {
    const mark = MARKS[token.tag]
    if (token.type === 'text') add(token.content)
    else if (token.type === 'softbreak') add(' ')
    else if (token.type === 'code_inline') add(token.content, ['code'])
    else if (mark !== undefined) marks = token.nesting === 1 ? [...marks, mark] : marks.slice(0, -1)
    else if (token.type === 'link_open') href = String(token.attrGet('href'))
    else if (token.type === 'link_close') href = undefined
    else throw new Error(`a guide cannot have ${token.type}`)
  }
  return runs
}

/** Read a guide. Its first line is its title; `{{base}}` and `{{site}}` stay, and get their values when it is drawn. */
export const parseGuide = (source: string): Guide => {
  const [title = '', ...lines] = source.trim().split('\n')
  const parts: GuidePart[] = []
  let items: GuideRun[][] | null = null
  for (const token of markdown.parse(lines.join('\n'), {})) {
    if (token.type === 'fence') parts.push({ kind: 'code', language: token.info.trim(), code: token.content.trimEnd() })
    else if (token.type === 'inline') {
      const runs = runsOf(token)
      if (items === null) parts.push({ kind: 'text', runs })
      else items.push(runs)
    } else if (/^(?:bullet|ordered)_list_open$/.test(token.type)) items = []
    else if (/^(?:bullet|ordered)_list_close$/.test(token.type)) {
      parts.push({ kind: 'list', items: items ?? [] })
      items = null
    } else if (!/^(?:paragraph|list_item)_/.test(token.type)) throw new Error(`a guide cannot have ${token.type}`)
  }
  return { title: title.replace(/^#\s*/, ''), parts }
}

/** Makes the guides of `infra/docs/guides/hosts` modules of the dashboard, so that they are written once. */
export const guides = (): Plugin => ({
  name: 'repartee-guides',
  transform: (source, id) =>
    /\/guides\/hosts\/[\w.-]+\.md$/.test(id)
      ? { code: `export default ${JSON.stringify(parseGuide(source))}`, map: null }
      : null,
})
