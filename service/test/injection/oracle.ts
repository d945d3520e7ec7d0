/** An independent parser of rendered HTML. It shares no code with the renderer and is stricter than any browser. */
const attributesOf: Readonly<Record<string, readonly string[]>> = {
  p: [],
  br: [],
  em: [],
  strong: [],
  del: [],
  code: ['class'],
  pre: [],
  blockquote: [],
  ul: [],
  ol: ['start'],
  li: [],
  a: ['href', 'rel', 'target'],
  hr: [],
}
const empty = new Set(['br', 'hr'])
const token = /<(\/?)([a-z]+)((?: [a-z]+="[^"<>]*")*)( \/)?>|([^<>]+)|([\s\S])/g
const attribute = / ([a-z]+)="([^"]*)"/g
const maxDepth = 24

const decode = (value: string): string =>
  value.replace(/&(amp|lt|gt|quot);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? '')

const judgeHref = (href: string): string[] => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may remain
  if (/[\u0000-\u0020\u007f-\uffff\\]/.test(href)) return [`raw character in ${href}`]
  if (/^mailto:[^?&%@]+@[a-z0-9.-]+$/i.test(href)) return []
  if (!/^https?:\/\/[^/@]+\//.test(href)) return [`not absolute: ${href}`]
  const url = new URL(href, 'https://host.example/page')
  if (url.href !== href) return [`not canonical: ${href}`]
  return url.username || url.password ? [`credentials: ${href}`] : []
}

const judgeAttribute = (element: string, name: string, value: string): string[] => {
  if (!attributesOf[element]?.includes(name)) return [`attribute ${name} of ${element}`]
  if (name === 'href') return judgeHref(value)
  if (name === 'rel') return value === 'nofollow ugc noopener noreferrer' ? [] : [`rel ${value}`]
  if (name === 'target') return value === '_blank' ? [] : [`target ${value}`]
  if (name === 'start') return /^\d{1,9}$/.test(value) ? [] : [`start ${value}`]
  return /^language-[a-z0-9+#-]{1,20}$/.test(value) ? [] : [`class ${value}`]
}

const judgeText = (text: string): string[] => [
  ...(/&(?!(?:amp|lt|gt|quot);)/.test(text) ? [`bare ampersand in ${text}`] : []),
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may remain
  ...(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202d\u202e]/.test(text) ? ['control or override'] : []),
]

/** Everything in rendered HTML that a comment must not contain; empty if it is safe. */
export const complaints = (html: string): string[] => {
  const found: string[] = []
  const open: string[] = []
  for (const [, slash, element, attributes = '', selfClosing, text, stray] of html.matchAll(token)) {
    if (stray !== undefined) found.push(`stray ${stray}`)
    else if (text !== undefined) found.push(...judgeText(text))
    else if (element === undefined || !Object.hasOwn(attributesOf, element)) found.push(`element ${element}`)
    else if (slash) {
      if (attributes || selfClosing || open.pop() !== element) found.push(`end of ${element}`)
    } else {
      if (empty.has(element) !== (selfClosing !== undefined)) found.push(`form of ${element}`)
      if (open.includes(element) && (element === 'a' || element === 'p')) found.push(`${element} in ${element}`)
      if (open.at(-1) === 'p' && /^(?:p|pre|blockquote|ul|ol|li|hr)$/.test(element)) found.push(`${element} in p`)
      if (element === 'a' && !/ href="/.test(attributes)) found.push('a without href')
      if (element === 'a' && !/ rel="[^"]+" target="/.test(attributes)) found.push('a without rel')
      for (const [, name = '', value = ''] of attributes.matchAll(attribute))
        found.push(...judgeAttribute(element, name, decode(value)))
      if (!empty.has(element)) open.push(element)
      if (open.length > maxDepth) found.push(`depth ${open.length}`)
    }
  }
  return open.length > 0 ? [...found, `unclosed ${open.join(' ')}`] : found
}
