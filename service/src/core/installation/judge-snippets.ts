import type { InstallationFinding } from '@repartee/sdk/protocol/admin'
import { parseUrl } from '../parse-url.ts'
import type { LoaderTag } from './judge-policy.ts'
import type { PageScan, ScriptTag } from './scan-tags.ts'

type Target = { readonly siteKey: string; readonly base: string; readonly page: URL }

const LOADER = '/embed.js'
const cut = (text: string): string => text.slice(0, 300)

/** What HTML calls a JavaScript MIME type essence, as far as pages write it; an empty type means the same. */
const RUNS: ReadonlySet<string> = new Set([
  '',
  'module',
  'text/javascript',
  'application/javascript',
  'application/x-javascript',
  'text/ecmascript',
  'application/ecmascript',
])

/** Pages on HTTPS may load scripts over HTTP from the reader's own machine (Mixed Content §4.2). */
const isLocal = (url: URL): boolean => /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)

const sourceOf = (tag: ScriptTag, scan: PageScan, page: URL): URL | null => {
  const base = (scan.baseHref === null ? null : parseUrl(scan.baseHref, page)) ?? page
  return parseUrl(tag.src, base)
}

type Judged = { readonly finding: InstallationFinding; readonly loader: LoaderTag | null }

/** A script that loads the widget, of this or another host; `null` for any other script. */
const judgeScript = (tag: ScriptTag, scan: PageScan, target: Target): Judged | null => {
  const url = sourceOf(tag, scan, target.page)
  if (url === null || !url.pathname.endsWith(LOADER)) return null
  const isOurs = url.origin === new URL(target.base).origin
  // Other products have scripts of this name, but not with this attribute.
  if (!isOurs && tag.site === null) return null
  const wrong = (finding: InstallationFinding): Judged => ({ finding, loader: null })
  if (tag.within !== null) return wrong({ kind: 'inert', within: tag.within })
  if (!RUNS.has(tag.type)) return wrong({ kind: 'script_disabled', type: cut(tag.type) })
  if (!isOurs) return wrong({ kind: 'wrong_host', src: cut(url.href) })
  if (target.page.protocol === 'https:' && url.protocol === 'http:' && !isLocal(url))
    return wrong({ kind: 'insecure_script', src: cut(url.href) })
  if (!tag.closed) return wrong({ kind: 'script_unclosed' })
  // The loader adopts only elements of the site that its own tag names.
  const site = tag.site ?? ''
  if (site === '') return wrong({ kind: 'no_site' })
  if (site !== target.siteKey) return wrong({ kind: 'wrong_site', site: cut(site) })
  if (tag.counts) return wrong({ kind: 'only_counts' })
  const hasElement = scan.elements.some((element) => element.within === null && (element.site ?? site) === site)
  if (!hasElement && !tag.inBody) return wrong({ kind: 'script_in_head' })
  return {
    finding: { kind: 'snippet_found', how: hasElement ? 'element' : 'script' },
    loader: { url, nonce: tag.nonce },
  }
}

/** What a page without any script of the widget says. */
const judgeTraces = (scan: PageScan, target: Target): InstallationFinding => {
  const element = scan.elements.find(({ within }) => within === null)
  if (element !== undefined)
    return element.site !== null && element.site !== target.siteKey
      ? { kind: 'wrong_site', site: cut(element.site) }
      : { kind: 'no_script' }
  if (scan.asText) return { kind: 'shown_as_text' }
  if (scan.inComment) return { kind: 'in_comment' }
  return { kind: 'not_in_html' }
}

/** What the tags of a page say about the widget of a site, and the script that loads it where one does. */
export const judgeSnippets = (
  scan: PageScan,
  target: Target,
): { findings: InstallationFinding[]; loader: LoaderTag | null } => {
  const judged = scan.scripts.flatMap((tag) => judgeScript(tag, scan, target) ?? [])
  // A page may hold several sites; one snippet that works is enough.
  const working = judged.find(({ loader }) => loader !== null)
  if (working !== undefined) return { findings: [working.finding], loader: working.loader }
  if (judged.length === 0) return { findings: [judgeTraces(scan, target)], loader: null }
  return {
    findings: [...new Map(judged.map(({ finding }) => [JSON.stringify(finding), finding])).values()],
    loader: null,
  }
}
