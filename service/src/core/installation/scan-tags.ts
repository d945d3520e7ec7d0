import type { TokenizerCallbacks } from 'htmlparser2'

type Within = 'template' | 'noscript' | null

export type ScriptTag = {
  readonly src: string
  /** `data-site`; `null` when there is none. */
  readonly site: string | null
  /** In lower case; empty when there is none. */
  readonly type: string
  readonly nonce: string
  /** Whether it has `data-count`. */
  readonly counts: boolean
  readonly inBody: boolean
  readonly within: Within
  /** Whether `</script>` follows. Without it the script never runs. */
  readonly closed: boolean
}

export type ElementTag = { readonly site: string | null; readonly within: Within }

/** What of a page concerns the widget. */
export type PageScan = {
  readonly scripts: readonly ScriptTag[]
  /** The `<repartee-comments>`. */
  readonly elements: readonly ElementTag[]
  /** Contents of `<meta http-equiv="content-security-policy">` in the head. */
  readonly policies: readonly string[]
  readonly baseHref: string | null
  /** Whether the page shows the snippet as text. */
  readonly asText: boolean
  readonly inComment: boolean
}

/** Tags that leave a page in its head (HTML, "in head" and "after head" insertion modes). */
const HEAD_TAGS: ReadonlySet<string> = new Set([
  'html',
  'head',
  'base',
  'basefont',
  'bgsound',
  'link',
  'meta',
  'noframes',
  'noscript',
  'script',
  'style',
  'template',
  'title',
])
/** Elements whose text is not shown, or not as part of the page. */
const RAW_TAGS: ReadonlySet<string> = new Set(['script', 'style', 'title', 'textarea', 'noframes', 'iframe', 'xmp'])
const READ_TAGS: ReadonlySet<string> = new Set(['script', 'repartee-comments', 'meta', 'base'])

/** More than these of one kind no honest page has. */
const MAX_TAGS = 1_000
const MAX_VALUE = 4_096
/** How much shown text is remembered: more than a snippet has. */
const WINDOW = 600
const LOADER = '/embed.js'

/** The callbacks of a tokenizer that is given `html` from its beginning. */
export const createTags = (html: string): TokenizerCallbacks & { scan(): PageScan } => {
  const scripts: (ScriptTag & { closed: boolean })[] = []
  const elements: ElementTag[] = []
  const policies: string[] = []
  let baseHref: string | null = null
  let inBody = false
  let asText = false
  let inComment = false
  const depth = { template: 0, noscript: 0 }
  /** The open element with raw text. */
  let raw: string | null = null
  let openScript: (ScriptTag & { closed: boolean }) | null = null

  let tag = ''
  let attributes: Map<string, string> | null = null
  let attribute: string | null = null
  let value = ''

  const mayBeText = html.includes(LOADER)
  let shown = ''

  const within = (): Within => (depth.template > 0 ? 'template' : depth.noscript > 0 ? 'noscript' : null)
  const show = (text: string): void => {
    if (raw !== null || within() !== null) return
    if (!inBody && /[^\t\n\f\r ]/.test(text)) inBody = true
    if (mayBeText && !asText) shown = (shown + text).slice(-WINDOW)
  }
  const lookAtText = (): void => {
    if (shown.includes(LOADER) && shown.includes('<script') && shown.includes('data-site')) asText = true
  }

  const read = (name: string): void => {
    const get = (key: string): string | null => attributes?.get(key) ?? null
    if (name === 'script') {
      const script = {
        src: get('src') ?? '',
        site: get('data-site'),
        type: (get('type') ?? '').trim().toLowerCase(),
        nonce: get('nonce') ?? '',
        counts: get('data-count') !== null,
        inBody,
        within: within(),
        closed: false,
      }
      if (!script.src.includes(LOADER) || scripts.length >= MAX_TAGS) return
      scripts.push(script)
      openScript = script
    } else if (name === 'repartee-comments') {
      if (elements.length < MAX_TAGS) elements.push({ site: get('site'), within: within() })
    } else if (within() === null && name === 'base') {
      baseHref ??= get('href')
    } else if (within() === null && !inBody && get('http-equiv')?.toLowerCase() === 'content-security-policy') {
      if (policies.length < MAX_TAGS) policies.push(get('content') ?? '')
    }
  }

  const open = (): void => {
    const name = tag
    if (!HEAD_TAGS.has(name) && within() === null) inBody = true
    lookAtText()
    if (READ_TAGS.has(name)) read(name)
    attributes = null
    if (name === 'template' || name === 'noscript') depth[name] += 1
    else if (RAW_TAGS.has(name)) raw = name
  }

  return {
    onopentagname(start, end) {
      tag = html.slice(start, end).toLowerCase()
      attributes = READ_TAGS.has(tag) ? new Map() : null
    },
    onattribname(start, end) {
      attribute = attributes !== null && end - start < 40 ? html.slice(start, end).toLowerCase() : null
      value = ''
    },
    onattribdata(start, end) {
      if (attribute !== null && value.length < MAX_VALUE) value += html.slice(start, Math.min(end, start + MAX_VALUE))
    },
    onattribentity(codepoint) {
      if (attribute !== null && value.length < MAX_VALUE) value += String.fromCodePoint(codepoint)
    },
    onattribend() {
      // Of an attribute that is given twice, the first counts.
      if (attribute !== null && attributes !== null && !attributes.has(attribute)) attributes.set(attribute, value)
    },
    onopentagend: open,
    onselfclosingtag() {
      open()
      // `<script … />` closes nothing in HTML: the page goes on as its text.
      openScript = null
    },
    onclosetag(start, end) {
      const name = html.slice(start, end).toLowerCase()
      lookAtText()
      if (name === raw) raw = null
      if (name === 'script' && openScript !== null) {
        openScript.closed = true
        openScript = null
      }
      if ((name === 'template' || name === 'noscript') && depth[name] > 0) depth[name] -= 1
      if ((name === 'body' || name === 'html' || name === 'br') && within() === null) inBody = true
    },
    ontext: (start, end) => show(html.slice(start, end)),
    ontextentity: (codepoint) => show(String.fromCodePoint(codepoint)),
    oncomment(start, end) {
      inComment ||= html.slice(start, end).includes(LOADER)
    },
    oncdata: () => undefined,
    ondeclaration: () => undefined,
    onprocessinginstruction: () => undefined,
    onend: lookAtText,
    scan: () => ({ scripts, elements, policies, baseHref, asText, inComment }),
  }
}
