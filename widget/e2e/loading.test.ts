import { guest, openThread, post, registerSite } from '@repartee/service/testing/people'
import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postPage, startHostSite } from './host-site.ts'

let service: RunningService
let host: Awaited<ReturnType<typeof startHostSite>>
let browser: Browser
let site: string

/** Five screens of text above the snippet. */
const FAR = '<p style="margin:0;height:500px">A long paragraph.</p>'.repeat(10)

beforeAll(async () => {
  service = await startService()
  host = await startHostSite()
  browser = await launchBrowser()
  site = await registerSite(service, { origins: [host.origin] })
  host.pages.set('/far', { html: postPage({ service: service.url, site, before: FAR }) })
  // A host with comments on the first screen writes the element itself and reserves its space, as the README says.
  host.pages.set('/near', {
    html: postPage({
      service: service.url,
      site,
      head: '<style>repartee-comments{display:block;min-height:100vh}</style>',
      before: `<repartee-comments site="${site}"></repartee-comments>`,
    }),
  })
  for (const page of ['/far', '/near']) {
    const { thread } = await openThread(service, site, page)
    const { token } = await guest(service, site, 'A reader')
    for (let i = 0; i < 12; i += 1)
      await post(service, { site, thread: thread.id, token, body: `Comment ${i}\n\nwith a second paragraph` })
  }
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await service?.dispose()
})

/** Open a page that adds up its layout shifts (web.dev/cls: those without recent input) and its requests. */
const observed = async (path: string): Promise<{ page: Page; fromService: string[]; shift: () => Promise<number> }> => {
  const page = await (await browser.newContext({ viewport: { width: 1024, height: 768 } })).newPage()
  const fromService: string[] = []
  page.on('request', (request) => {
    if (request.url().startsWith(service.url)) fromService.push(new URL(request.url()).pathname)
  })
  await page.addInitScript(() => {
    const shifts: number[] = []
    Object.assign(window, { shifts })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[])
        if (!entry.hadRecentInput) shifts.push(entry.value)
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(host.origin + path, { waitUntil: 'load' })
  const shift = (): Promise<number> =>
    page.evaluate(
      () =>
        new Promise<number>((resolve) =>
          requestAnimationFrame(() =>
            requestAnimationFrame(() =>
              resolve((window as unknown as { shifts: number[] }).shifts.reduce((a, b) => a + b, 0)),
            ),
          ),
        ),
    )
  return { page, fromService, shift }
}

test('only the loader is fetched until the reader is near; then the thread appears without a layout shift', async () => {
  const { page, fromService, shift } = await observed('/far')
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)))
  expect(fromService).toEqual(['/embed.js'])
  for (let i = 0; i < 20; i += 1) await page.mouse.wheel(0, 250)
  await page.getByRole('article').first().waitFor()
  await page.getByText('Comment 11').scrollIntoViewIfNeeded()
  expect(fromService.length).toBeGreaterThan(1)
  expect(await shift()).toBe(0)
  await page.context().close()
})

test('a thread in the first screen is drawn without a layout shift', async () => {
  const { page, shift } = await observed('/near')
  await page.getByText('Comment 11').waitFor()
  const value = await shift()
  console.info(`loading: cumulative layout shift ${value}`)
  expect(value).toBe(0)
  await page.context().close()
})

test('live comments by others do not move the text that is being read', async () => {
  const { page, shift } = await observed('/near')
  const reading = page.getByText('Comment 6')
  await reading.scrollIntoViewIfNeeded()
  const { thread } = await openThread(service, site, '/near')
  const { token } = await guest(service, site, 'Another')
  const top = (): Promise<number> => reading.evaluate((element) => element.getBoundingClientRect().top)
  const before = await top()
  for (let i = 0; i < 3; i += 1) await post(service, { site, thread: thread.id, token, body: `Live ${i}` })
  await page.getByRole('button', { name: '3 new comments' }).waitFor()
  expect(await top()).toBe(before)
  expect(await shift()).toBe(0)
  await page.context().close()
})

test('the service sets no cookie on a host page', async () => {
  const { page } = await observed('/near')
  await page.getByRole('article').first().waitFor()
  expect(await page.context().cookies()).toEqual([])
  await page.context().close()
})
