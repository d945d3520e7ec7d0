import type { StateCore, Token } from 'markdown-it'
import { isInvisible, streamSafe } from './characters.ts'
import { hostOf } from './safe-href.ts'

/** More than any comment needs. Reference definitions could otherwise turn 20 kB of text into megabytes. */
const maxLinks = 200
const maxHrefCharacters = 50_000

const looksLikeHost = (part: string): boolean => {
  const dot = part.lastIndexOf('.')
  return dot > 0 && part.length - dot > 2 && !/[^\p{L}]/u.test(part.slice(dot + 1))
}

/** The host names that a text shows, at most one per word. */
const shownHosts = (text: string): string[] => {
  const plain = streamSafe(text).normalize('NFKC').toLowerCase().replaceAll('。', '.')
  if (!plain.includes('.')) return []
  return plain.split(/\s+/).flatMap((word) => word.split(/[^\p{L}\p{N}\p{M}.-]+/u).find(looksLikeHost) ?? [])
}

const bare = (host: string): string => host.replace(/^www\./, '').replace(/\.$/, '')

const misleads = (text: string, href: string): boolean => {
  const shown = href.startsWith('mailto:') ? text.slice(text.lastIndexOf('@') + 1) : text
  return shownHosts(shown).some((host) => bare(host) !== bare(hostOf(href)))
}

/**
 * The last step on links before rendering. Images become links to themselves, nested links are flattened, a link without
 * visible text shows its address, and one whose text names another host is followed by the real host.
 */
export const rewriteLinks = (state: StateCore): void => {
  let links = 0
  let hrefCharacters = 0

  const token = (type: string, tag: string, nesting: -1 | 0 | 1, content = ''): Token => {
    const made = new state.Token(type, tag, nesting)
    made.content = content
    return made
  }

  const worthLinking = (href: string): boolean => {
    if (href === '') return false
    links += 1
    hrefCharacters += href.length
    return links <= maxLinks && hrefCharacters <= maxHrefCharacters
  }

  const closeLink = (href: string, text: string): Token[] => {
    const close = token('link_close', 'a', -1)
    if (isInvisible(text)) return [token('text', '', 0, href), close]
    return misleads(text, href) ? [close, token('text', '', 0, ` (${hostOf(href)})`)] : [close]
  }

  const imageLink = (image: Token, inLink: boolean): Token[] => {
    const href = String(image.attrGet('src') ?? '')
    const alt = state.md.renderer.renderInlineAsText(image.children ?? [], state.md.options, state.env)
    const text = token('text', '', 0, isInvisible(alt) ? href : alt)
    if (inLink || !worthLinking(href)) return [text]
    const open = token('link_open', 'a', 1)
    open.attrSet('href', href)
    return [open, text, ...closeLink(href, text.content)]
  }

  const rewrite = (children: Token[]): Token[] => {
    const out: Token[] = []
    let depth = 0
    let current: { href: string; text: string } | null = null
    for (const child of children) {
      if (child.type === 'image') {
        const made = imageLink(child, depth > 0)
        if (current) current.text += made[0]?.content ?? ''
        out.push(...made)
      } else if (child.type === 'link_open') {
        depth += 1
        const href = String(child.attrGet('href') ?? '')
        if (depth > 1 || !worthLinking(href)) continue
        current = { href, text: '' }
        out.push(child)
      } else if (child.type === 'link_close') {
        depth -= 1
        if (depth > 0 || !current) continue
        out.push(...closeLink(current.href, current.text))
        current = null
      } else {
        if (current) current.text += child.content
        out.push(child)
      }
    }
    return out
  }

  for (const block of state.tokens) if (block.children) block.children = rewrite(block.children)
}
