import { isIP } from 'node:net'

/** Parts that vary from line to line, and their placeholders; applied in this order. */
const variable: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\/sites\/[^/\s]+/g, '/sites/<site>'],
  [/\/w\/[^/\s]+/g, '/w/<file>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/gi, '<hex>'],
  [/(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{24,}(?![\w-])/gi, '<token>'],
  [/(?<![\w.])-?\d+(?:\.\d+)?(?=(?:ms|s|kB|MB|%)?(?!\w))/g, '<n>'],
]

/** Control characters and bidi marks would let a log line rewrite the terminal it is shown on. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g

/** Text that is safe to print, at most `max` characters. */
export const printable = (text: string, max: number): string => {
  const clean = text.replaceAll(UNSAFE, ' ')
  return clean.length > max ? `${clean.slice(0, max)}…` : clean
}

/** A possible address, with or without brackets, and a port or prefix length after it. */
const ADDRESS =
  /(?<![\w.:])\[?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]*:[0-9a-f.:]*:(?:[0-9a-f.]*[0-9a-f])?)\]?(?:[:/]\d+)?(?![\w:])/gi

const withoutAddresses = (text: string): string =>
  text.replaceAll(ADDRESS, (whole, address: string) => (isIP(address) === 0 ? whole : '<address>'))

/** A text with placeholders for ids, times, addresses and numbers. */
export const normalise = (text: string): string =>
  variable.reduce((result, [pattern, word]) => result.replaceAll(pattern, word), withoutAddresses(printable(text, 400)))
