const BOMS: readonly (readonly [bytes: readonly number[], charset: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xfe, 0xff], 'utf-16be'],
  [[0xff, 0xfe], 'utf-16le'],
]

const charsetOf = (body: Uint8Array, contentType: string): string => {
  const marked = BOMS.find(([bytes]) => bytes.every((byte, i) => body[i] === byte))
  return marked?.[1] ?? /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8'
}

/**
 * The text of a page. A charset that only a `<meta>` names is not looked for: those all agree with UTF-8 on ASCII, of
 * which tags and addresses consist.
 */
export const decodePage = (body: Uint8Array, contentType: string): string => {
  try {
    return new TextDecoder(charsetOf(body, contentType)).decode(body)
  } catch {
    return new TextDecoder().decode(body)
  }
}
