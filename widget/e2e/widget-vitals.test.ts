import { readFileSync } from 'node:fs'
import type { Vitals } from '@repartee/sdk/protocol'
import { registerSite } from '@repartee/service/testing/people'
import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commentSaying, writeComment } from './browser-reader.ts'
import { postPage, startHostSite } from './host-site.ts'

const manifest: Record<string, { file: string }> = JSON.parse(
  readFileSync(new URL('../dist/manifest.json', import.meta.url), 'utf8'),
)
const CHUNK = manifest['src/after-draw.ts']?.file ?? 'missing'
const NAMES = ['lcp_ms', 'inp_ms', 'cls', 'thread_ms', 'post_ms']

let service: RunningService
let host: Awaited<ReturnType<typeof startHostSite>>
let browser: Browser

beforeAll(async () => {
  service = await startService()
  host = await startHostSite()
  browser = await launchBrowser()
  const site = await registerSite(service, { origins: [host.origin] })
  host.pages.set('/post', { html: postPage({ service: service.url, site }) })
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await service?.dispose()
})

/** Enough for a busy machine. */
const SOON = { timeout: 30_000 }

type Beacon = { readonly vitals: Vitals; readonly headers: Record<string, string> }
type Visit = { readonly page: Page; readonly beacons: readonly Promise<Beacon>[] }

/** Open the page as a new reader and write a comment. `before` runs in the page first. */
const visit = async (text: string, before: () => void = () => undefined): Promise<Visit> => {
  const context = await browser.newContext()
  await context.addInitScript(before)
  const page = await context.newPage()
  const beacons: Promise<Beacon>[] = []
  page.on('request', (request) => {
    if (!request.url().endsWith('/vitals')) return
    beacons.push(
      request.allHeaders().then((headers) => ({ vitals: JSON.parse(request.postData() ?? 'null'), headers })),
    )
  })
  const chunk = page.waitForResponse((response) => response.url().endsWith(CHUNK))
  await page.goto(`${host.origin}/post`)
  await chunk
  // Loaded before: this waits until it has begun its work.
  await page.evaluate(`import('${service.url}/${CHUNK}').then(() => undefined)`)
  await writeComment(page, text, 'Thu')
  await commentSaying(page, text).waitFor()
  await expect.poll(() => page.evaluate(() => performance.getEntriesByName('repartee-posted').length), SOON).toBe(1)
  return { page, beacons }
}

/** Hide the page, as when the reader switches tabs; resolves when its beacon has been sent. */
const hide = async (page: Page): Promise<void> => {
  await page.evaluate(async (url) => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    await fetch(url, { mode: 'no-cors' })
  }, `${service.url}/healthz`)
}

/** How many values of each kind the service has counted. */
const counted = async (): Promise<number[]> => {
  const text = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
  return NAMES.map((name) => Number(new RegExp(`^repartee_widget_${name}_count (\\d+)$`, 'm').exec(text)?.[1] ?? 0))
}

const more = (before: readonly number[]): number[] => before.map((count) => count + 1)

test('a visit is reported once and anonymously, when the page is hidden', async () => {
  const before = await counted()
  const { page, beacons } = await visit('measured')
  expect(beacons).toEqual([])
  await hide(page)
  await hide(page)
  const told = await Promise.all(beacons)
  expect(told.map(({ vitals }) => vitals)).toEqual([
    {
      lcpMs: expect.any(Number),
      inpMs: expect.any(Number),
      cls: expect.any(Number),
      threadMs: expect.any(Number),
      postMs: [expect.any(Number)],
    },
  ])
  console.info(`vitals: ${JSON.stringify(told[0]?.vitals)}`)
  expect([told[0]?.headers.cookie, told[0]?.headers.authorization]).toEqual([undefined, undefined])
  await expect.poll(counted, SOON).toEqual(more(before))
  await page.context().close()
})

test('it is also reported when the reader goes to another page', async () => {
  const before = await counted()
  const { page } = await visit('left')
  await page.goto('about:blank')
  await expect.poll(counted, SOON).toEqual(more(before))
  await page.context().close()
})

test.each([
  ['Global Privacy Control', () => void Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })],
  ['Do Not Track', () => void Object.defineProperty(navigator, 'doNotTrack', { value: '1' })],
])('a reader who sends %s is not measured', async (what, decline) => {
  const { page, beacons } = await visit(`not measured: ${what}`, decline)
  await hide(page)
  expect(beacons).toEqual([])
  await page.context().close()
})
