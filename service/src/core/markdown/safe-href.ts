import { parseUrl } from '../parse-url.ts'

/** Longer addresses stay text. This also bounds the work of refusing one. */
const maxHrefLength = 2_048

/** White space, controls, bidi and invisible characters, and backslash, but not the joiners that languages need. */
const misleading =
  /(?!\u200c|\u200d|\ufe0f)[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\ufff0-\uffff\\]|\p{Surrogate}/u
const encodedBidi = /%e2%80%(?:8[ef]|a[89a-e])|%e2%81%a[6-9]|%d8%9c/i
const encodedControl = /%(?:[01][0-9a-f]|7f)/i
const address = /^mailto:[a-z0-9._+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}$/i
const authority = /^https?:\/\/([^/?#]+)/i

/**
 * The canonical form of an address a reader may follow, or `null`: absolute http and https without credentials, and
 * mailto with a bare address. It is serialised by the same URL parser that browsers use, so both agree on where it
 * leads.
 */
export const safeHref = (raw: string): string | null => {
  if (raw.length > maxHrefLength || misleading.test(raw) || encodedBidi.test(raw)) return null
  if (address.test(raw)) return raw
  const host = authority.exec(raw)?.[1]
  if (host === undefined || /[@%]/.test(host)) return null
  if (encodedControl.test(raw.split('?', 1)[0] ?? '') || parseUrl(raw) === null) return null
  const url = new URL(raw)
  if (url.hostname === '' || url.username !== '' || url.password !== '') return null
  return url.href.length > maxHrefLength ? null : url.href
}

/** The host a safe address leads to; the part after the @ of a mail address. */
export const hostOf = (href: string): string =>
  href.startsWith('http') ? new URL(href).hostname : href.slice(href.lastIndexOf('@') + 1).toLowerCase()
