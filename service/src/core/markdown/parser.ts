import createMarkdownIt, { type MarkdownIt, type StateBlock } from 'markdown-it'
import { autolink } from './autolink.ts'
import { safeHref } from './safe-href.ts'
import { tameLinks } from './tame-links.ts'

/** A quote adds one level and a list two: ten quotes or five lists deep, further markers are text. */
const maxBlockLevel = 10
/** Above anything `maxBlockLevel` lets through: markdown-it drops what exceeds it, and nothing may be lost. */
const maxNesting = 14

/** About 600 list items or 1,000 paragraphs: past it a body is not prose, and every block costs several tokens. */
const maxBlockTokens = 3_000

/**
 * A quote looks through all lines that might continue it before it reads the first, and may then stop early: without a
 * limit each of many quotes looks through the whole body. A longer quote becomes two.
 */
const maxQuoteLines = 100

const languagePattern = /^[a-z0-9+#-]{1,20}$/

/** The info string's first word if it may become a class name, else nothing. */
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

/** Take all that is left as one paragraph once the body has too many blocks, so that work is bounded and no text lost. */
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
  // Underlined headings turn "text, then a line of dashes" into a heading nobody meant.
  md.disable(['table', 'lheading', 'html_block', 'html_inline', 'linkify'])
  limitBlocks(md)
  md.block.ruler.before('code', 'rest', takeRest)
  md.inline.ruler.after('text', 'autolink_bare', autolink)
  md.core.ruler.push('tame_links', tameLinks)
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
