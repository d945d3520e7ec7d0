import { allowsUrl } from './match-source.ts'
import type { Policy } from './parse-policy.ts'

/** What a policy keeps the widget from doing, and what its owner has to write. */
export type Blocked = {
  readonly kind: 'csp_blocks'
  /** `live`: comments work, but new ones are fetched instead of pushed. */
  readonly what: 'loader' | 'application' | 'requests' | 'live' | 'trusted_types' | 'sandbox'
  /** The directive to write. */
  readonly directive: string
  /** The directive that blocks: the same, or one it falls back to. */
  readonly blockedBy: string
  /** What to add to it; `nonce`: the page's nonce, as an attribute of the script. */
  readonly add: string
  readonly from: Policy['from']
}

/** The script as the page's HTML has it. */
export type LoaderTag = { readonly url: URL; readonly nonce: string }

/** The Trusted Types policies of the widget: its own, and that of Svelte. */
const TRUSTED_TYPES = ['repartee', 'svelte-trusted-html']

type Effective = { readonly name: string; readonly sources: readonly string[] }

const effective = ({ directives }: Policy, names: readonly string[]): Effective | null => {
  const name = names.find((one) => directives.has(one))
  return name === undefined ? null : { name, sources: directives.get(name) ?? [] }
}

/** CSP3 §6.7.1.1, "Script directives pre-request check", for a script that the parser inserted. */
const allowsScript = (sources: readonly string[], tag: LoaderTag, url: URL, page: URL): boolean => {
  if (tag.nonce !== '' && sources.some((source) => /^'nonce-/i.test(source) && source.slice(7, -1) === tag.nonce))
    return true
  if (sources.some((source) => source.toLowerCase() === "'strict-dynamic'")) return false
  return allowsUrl(sources, url, page)
}

const scripts = (policy: Policy, tag: LoaderTag, page: URL, application: URL): Blocked[] => {
  const rule = effective(policy, ['script-src-elem', 'script-src', 'default-src'])
  if (rule === null) return []
  const isStrict = rule.sources.some((source) => source.toLowerCase() === "'strict-dynamic'")
  const blocked = (what: 'loader' | 'application'): Blocked => ({
    kind: 'csp_blocks',
    what,
    directive: rule.name === 'default-src' ? 'script-src' : rule.name,
    blockedBy: rule.name,
    add: isStrict ? 'nonce' : tag.url.origin,
    from: policy.from,
  })
  if (!allowsScript(rule.sources, tag, tag.url, page)) return [blocked('loader')]
  return allowsScript(rule.sources, tag, application, page) ? [] : [blocked('application')]
}

const connections = (policy: Policy, base: URL, page: URL): Blocked[] => {
  const rule = effective(policy, ['connect-src', 'default-src'])
  if (rule === null) return []
  const socket = new URL('/api/v1/realtime', base)
  socket.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:'
  const blocked = (what: 'requests' | 'live', add: string): Blocked[] =>
    allowsUrl(rule.sources, what === 'live' ? socket : new URL('/api/v1/', base), page)
      ? []
      : [{ kind: 'csp_blocks', what, directive: 'connect-src', blockedBy: rule.name, add, from: policy.from }]
  return [...blocked('requests', base.origin), ...blocked('live', `${socket.protocol}//${socket.host}`)]
}

const trustedTypes = ({ directives, from }: Policy): Blocked[] => {
  const names = directives.get('trusted-types')
  if (names === undefined || names.includes('*')) return []
  const missing = TRUSTED_TYPES.filter((name) => !names.includes(name))
  if (missing.length === 0) return []
  const directive = 'trusted-types'
  return [{ kind: 'csp_blocks', what: 'trusted_types', directive, blockedBy: directive, add: missing.join(' '), from }]
}

const sandbox = ({ directives, from }: Policy): Blocked[] => {
  const flags = directives.get('sandbox')?.map((flag) => flag.toLowerCase())
  const missing = ['allow-scripts', 'allow-same-origin'].filter((flag) => flags?.includes(flag) === false)
  if (missing.length === 0) return []
  return [
    { kind: 'csp_blocks', what: 'sandbox', directive: 'sandbox', blockedBy: 'sandbox', add: missing.join(' '), from },
  ]
}

/** What the policies of a page block of the widget that `tag` loads. Styles need no permission: they are constructed. */
export const judgePolicies = (policies: readonly Policy[], tag: LoaderTag, page: URL): Blocked[] => {
  const base = new URL('/', tag.url)
  const application = new URL('/w/', base)
  const all = policies.flatMap((policy) => [
    ...scripts(policy, tag, page, new URL('chunk.js', application)),
    ...connections(policy, base, page),
    ...trustedTypes(policy),
    ...sandbox(policy),
  ])
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()]
}
