import type { StateInline } from 'markdown-it'
import { safeHref } from './safe-href.ts'

/**
 * A bare address ends at white space, quotes, brackets, invisible characters (except the joiners of Persian and Indic
 * words), and the punctuation of scripts that use none in addresses.
 */
const runPattern =
  /[^\s<>"`[\]{}|\\^\p{Cc}\p{Cn}\p{Co}\p{Cs}\p{Z}\u00a1-\u00bf\u061c\u180e\u200b\u200e\u200f\u2010-\u2027\u202a-\u205e\u2060-\u206f\u3001-\u303f\ufeff\uff01-\uff0f\uff1a-\uff20]{1,2100}/uy
/** Directly after an address, these would make it look like another one. */
const reordering = /^[\u202a\u202b\u202d\u202e\u2066-\u2068]/
const trailing = new Set("?!.,:;*_~'")

/** A run without the punctuation of the surrounding sentence. A closing bracket stays if it was opened inside. */
const trimRun = (run: string): string => {
  let end = run.length
  let unopened = 0
  for (const character of run) unopened += character === ')' ? 1 : character === '(' ? -1 : 0
  while (end > 0) {
    const last = run[end - 1] ?? ''
    if (last === ')' && unopened > 0) unopened -= 1
    else if (!trailing.has(last)) break
    end -= 1
  }
  return run.slice(0, end)
}

/**
 * Link bare http and https addresses. It replaces markdown-it's linkify to skip a refused address as a whole, because
 * scanning again from each `://` inside it takes quadratic time.
 */
export const autolink = (state: StateInline, silent: boolean): boolean => {
  const { src, pos } = state
  if (silent || state.linkLevel > 0 || !src.startsWith('://', pos)) return false
  const scheme = /(?<![\p{L}\p{N}])https?$/iu.exec(src.slice(Math.max(0, pos - 7), pos))?.[0]
  // Only the length is compared: comparing the text would copy `pending` at every address.
  if (scheme === undefined || state.pending.length < scheme.length) return false
  runPattern.lastIndex = pos + 3
  const run = runPattern.exec(src.slice(0, state.posMax))?.[0]
  if (run === undefined) return false
  const rest = trimRun(`://${run}`)
  const shown = scheme + rest
  const cut = rest.length === run.length + 3 && reordering.test(src.slice(pos + rest.length, pos + rest.length + 1))
  const href = cut ? null : safeHref(shown)
  state.pos += rest.length
  if (href === null) {
    state.pending += rest
    return true
  }
  state.pending = state.pending.slice(0, -scheme.length)
  state.push('link_open', 'a', 1).attrSet('href', href)
  state.push('text', '', 0).content = shown
  state.push('link_close', 'a', -1)
  return true
}
