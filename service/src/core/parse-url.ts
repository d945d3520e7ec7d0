/**
 * Parse a URL; `null` when it is none. Not with `URL.canParse`: once Node.js 20 has optimised a caller, it says no to hosts
 * with letters such as `ü` (findings/canparse-forgets-umlauts.sh).
 */
export const parseUrl = (text: string, base?: string | URL): URL | null => {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}
