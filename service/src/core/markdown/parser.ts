import createMarkdownIt, { type MarkdownIt, type StateBlock } from 'markdown-it'
import { autolink } from './autolink.ts'
import { rewriteLinks } from './rewrite-links.ts'
import { safeHref } from './safe-href.ts'

/** A quote adds one level and a list two. Markers beyond ten quotes or five lists are text. */
const maxBlockLevel = 10
/** Higher than `maxBlockLevel` allows, because markdown-it drops text that exceeds it. */
const maxNesting = 14

/** About 600 list items or 1,000 paragraphs. Each block costs several tokens, and no prose has more. */
const maxBlockTokens = 3_000

/**
 * markdown-it scans all lines that might continue a quote before it parses the first, and may then stop early. Without a
 * limit, each of many quotes scans the whole body. A longer quote becomes two.
 */
const maxQuoteLines = 100

const languagePattern = /^[a-z0-9+#-]{1,20}$/

/** The info string's first word if it is a valid class name, else the empty string. */
const languageOf = (info: string): string => {
  const language = info.trim().split(/\s/, 1)[0]?.toLowerCase() ?? ''
  return languagePattern.test(language) ? ` class="language-${language}"` : ''
}

const limitBlocks = (md: MarkdownIt): void => {
  for (const name of ['blockquote', 'list']) {
    const rule = md.block.ruler.__rules__.find((candidate) => candidate.name === name)
    if (!rule) throw new Error(`markdown-it has no block rule ${name}`)
    const { fn, alt } = rule
    const lookAhead = name === 'blockquote' ? maxQuoteLines : Number.POSITIVE_INFINITY
    const limited: typeof fn = (state, startLine, endLine, silent) => {
      if (state.level >= maxBlockLevel) return false
      const { lineMax } = state
      state.lineMax = Math.min(lineMax, startLine + lookAhead)
      const matched = fn(state, startLine, Math.min(endLine, startLine + lookAhead), silent)
      state.lineMax = lineMax
      return matched
    }
    md.block.ruler.at(name, limited, { alt })
  }
}

/** Once a body has too many blocks, the rest is one paragraph. This bounds the work and loses no text. */
const takeRest = (state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean => {
  if (silent || state.tokens.length < maxBlockTokens) return false
  state.line = endLine
  state.push('paragraph_open', 'p', 1)
  const inline = state.push('inline', '', 0)
  inline.content = state.getLines(startLine, endLine, state.blkIndent, false).trim()
  inline.children = []
  state.push('paragraph_close', 'p', -1)
  return true
}

/** The Markdown dialect of comments: CommonMark and strikethrough without raw HTML, tables, images or headings. */
export const createParser = (): MarkdownIt => {
  const md = createMarkdownIt({ html: false, linkify: false, breaks: true, maxNesting })
  // Without underlined headings: they turn a line of dashes below a text into an unintended heading.
  md.disable(['table', 'lheading', 'html_block', 'html_inline', 'linkify'])
  limitBlocks(md)
  md.block.ruler.before('code', 'rest', takeRest)
  md.inline.ruler.after('text', 'autolink_bare', autolink)
  md.core.ruler.push('rewrite_links', rewriteLinks)
  md.normalizeLink = (url) => safeHref(url) ?? ''
  md.normalizeLinkText = (url) => url
  md.validateLink = (url) => url !== ''

  const { rules } = md.renderer
  rules.heading_open = () => '<p><strong>'
  rules.heading_close = () => '</strong></p>\n'
  rules.s_open = () => '<del>'
  rules.s_close = () => '</del>'
  rules.fence = (tokens, at) => {
    const { info = '', content = '' } = tokens[at] ?? {}
    return `<pre><code${languageOf(info)}>${md.utils.escapeHtml(content)}</code></pre>\n`
  }
  return md
}
