import { createHash } from 'node:crypto'

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The texts of inline scripts of a page; a script with a `src` has none. */
const inlineScripts = (html: string): string[] =>
  [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '')

/**
 * Style attributes that templates of SvelteKit and bits-ui contain: the announcer of page changes, and wrappers without a
 * box. Everything else that they style goes through `element.style`, which a policy does not govern.
 */
const STYLE_ATTRIBUTES = [
  'position: absolute; left: 0; top: 0; clip: rect(0 0 0 0); clip-path: inset(50%); overflow: hidden; white-space: nowrap; width: 1px; height: 1px',
  'display: contents;',
]

const others = {
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)',
} as const

const headersOf = (
  html: string,
  o: { frames: string; framedBy: string; types: string },
): Readonly<Record<string, string>> => ({
  'content-security-policy': [
    "default-src 'none'",
    ["script-src 'self'", ...inlineScripts(html).map(hash)].join(' '),
    "style-src 'self'",
    ["style-src-attr 'unsafe-hashes'", ...STYLE_ATTRIBUTES.map(hash)].join(' '),
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    `frame-src ${o.frames}`,
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${o.framedBy}`,
    "require-trusted-types-for 'script'",
    `trusted-types ${o.types}`,
  ].join('; '),
  ...others,
})

/**
 * The headers of every page of the dashboard, for the page that is served. Its inline scripts are known by their hashes, so
 * that none that anyone adds runs. It frames only pages of this origin, which is where previews are, and nothing frames it.
 * A header and no `<meta>`, which cannot say who may frame a page.
 */
export const dashboardHeaders = (html: string): Readonly<Record<string, string>> =>
  headersOf(html, { frames: "'self'", framedBy: "'none'", types: 'svelte-trusted-html' })

/**
 * The same for the page in which the dashboard shows a preview, which it frames. The widget in it is a second application
 * made with Svelte, whose policy has the same name.
 */
export const previewHeaders = (html: string): Readonly<Record<string, string>> =>
  headersOf(html, {
    frames: "'none'",
    framedBy: "'self'",
    types: "repartee repartee-preview svelte-trusted-html 'allow-duplicates'",
  })
