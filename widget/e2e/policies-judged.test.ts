import { judgePage } from '@repartee/service/installation/judge-page'
import { guest, openThread, post, registerSite } from '@repartee/service/testing/people'
import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHostSite } from './host-site.ts'

let service: RunningService
let host: Awaited<ReturnType<typeof startHostSite>>
let browser: Browser
let site: string

beforeAll(async () => {
  service = await startService()
  host = await startHostSite()
  browser = await launchBrowser()
  site = await registerSite(service, { origins: [host.origin] })
  const { token } = await guest(service, site, 'A reader')
  await post(service, { site, thread: (await openThread(service, site, '/a')).thread.id, token, body: 'about a' })
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await service?.dispose()
})

type Violation = { readonly directive: string; readonly uri: string }
type Page = { readonly policy: string; readonly attributes?: string; readonly meta?: string }

/** What the service says of a page: what is blocked, apart from what cannot happen because something before it was. */
const judged = async ({ html, headers }: { html: string; headers: Record<string, string> }): Promise<string[]> => {
  const lines = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  const answer = {
    status: 200,
    headers: { ...lines, 'content-type': ['text/html'] },
    body: new TextEncoder().encode(html),
    url: `${host.origin}/judged`,
  }
  const findings = await judgePage(
    { publicKey: site, origins: [host.origin] },
    { asked: answer.url, base: service.url, answer },
  )
  const blocked = findings.flatMap((finding) => (finding.kind === 'csp_blocks' ? [finding.what] : []))
  const first = (['loader', 'application', 'requests'] as const).find((what) => blocked.includes(what))
  return first === undefined ? [...new Set(blocked)].sort() : [first]
}

const nameOf = ({ directive, uri }: Violation): string => {
  if (directive.startsWith('trusted-types')) return 'trusted_types'
  if (directive.startsWith('connect')) return uri.startsWith('ws') ? 'live' : 'requests'
  return uri.endsWith('/embed.js') ? 'loader' : 'application'
}

const S = (text: string): string =>
  text
    .replaceAll('WS', service.url.replace('http', 'ws'))
    .replaceAll('OURS', service.url)
    .replaceAll('HOST', new URL(service.url).host)

test.each<Page>([
  { policy: "default-src 'none'; script-src OURS; connect-src OURS WS" },
  { policy: "default-src 'self'" },
  { policy: 'default-src *' },
  { policy: 'script-src *; connect-src *' },
  { policy: 'script-src http:; connect-src http: ws:' },
  { policy: 'script-src https:' },
  { policy: 'script-src HOST; connect-src HOST' },
  { policy: 'script-src http://127.0.0.1' },
  { policy: 'script-src http://127.0.0.1:*; connect-src http://127.0.0.1:* ws://127.0.0.1:*' },
  { policy: 'script-src OURS/embed.js' },
  { policy: 'script-src OURS/embed.js OURS/w/' },
  { policy: 'script-src OURS/w/' },
  { policy: 'connect-src OURS' },
  { policy: 'connect-src WS' },
  { policy: "connect-src 'self' WS" },
  { policy: 'connect-src OURS/api/ WS' },
  { policy: "script-src 'nonce-abc'", attributes: 'nonce="abc"' },
  { policy: "script-src 'nonce-abc' 'strict-dynamic'", attributes: 'nonce="abc"' },
  { policy: "script-src 'nonce-abc' 'strict-dynamic' OURS" },
  { policy: "script-src 'nonce-abc' OURS" },
  { policy: "script-src OURS; script-src-elem 'self'" },
  { policy: "script-src 'none'; script-src-elem OURS" },
  { policy: "script-src OURS; script-src 'none'" },
  { policy: "script-src OURS, script-src 'self'" },
  { policy: "script-src 'none' OURS" },
  { policy: "require-trusted-types-for 'script'" },
  { policy: "require-trusted-types-for 'script'; trusted-types repartee svelte-trusted-html" },
  { policy: "require-trusted-types-for 'script'; trusted-types svelte-trusted-html" },
  { policy: 'trusted-types other' },
  { policy: '', meta: "script-src OURS; connect-src 'none'" },
  { policy: '', meta: "script-src OURS, script-src 'none'" },
  { policy: "style-src 'none'; img-src 'none'; font-src 'none'; frame-src 'none'; object-src 'none'" },
])('the browser blocks what the service says: %o', async ({ policy, attributes = '', meta }) => {
  const tag = meta === undefined ? '' : `<meta http-equiv="content-security-policy" content="${S(meta)}">`
  const script = `<script async src="${service.url}/embed.js" data-site="${site}" data-page="/a" ${attributes}></script>`
  const html = `<!doctype html><html lang="en"><head><title>A post</title>${tag}<link rel="icon" href="data:,"></head><body>${script}</body></html>`
  const headers: Record<string, string> = policy === '' ? {} : { 'content-security-policy': S(policy) }
  const expected = await judged({ html, headers })
  host.pages.set('/judged', { html, headers })
  const page = await browser.newPage()
  const violations: Violation[] = []
  const sockets: string[] = []
  page.on('websocket', (socket) => sockets.push(socket.url()))
  await page.exposeFunction('reportViolation', (violation: Violation) => violations.push(violation))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective: directive, blockedURI: uri }) => {
      ;(globalThis as unknown as { reportViolation(v: Violation): void }).reportViolation({ directive, uri })
    })
  })
  await page.goto(`${host.origin}/judged`)
  const seen = (): string[] =>
    [...new Set(violations.filter(({ directive }) => !/^(?:img|font|style)/.test(directive)).map(nameOf))].sort()
  if (expected.length === 0) {
    await page.getByText('about a').waitFor()
    await expect.poll(() => sockets.length).toBeGreaterThan(0)
    expect(seen()).toEqual([])
  } else await expect.poll(seen).toEqual(expected)
  await page.close()
})
