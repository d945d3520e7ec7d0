import { guest, openThread, post, registerSite } from '@repartee/service/testing/people'
import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHostSite } from './host-site.ts'

let service: RunningService
let host: Awaited<ReturnType<typeof startHostSite>>
let browser: Browser
let site: string
let token: string

beforeAll(async () => {
  service = await startService()
  host = await startHostSite()
  browser = await launchBrowser()
  site = await registerSite(service, { origins: [host.origin] })
  token = (await guest(service, site, 'A reader')).token
  for (const [page, text] of [
    ['/a', 'about a'],
    ['/b', 'about b'],
  ] as const)
    await post(service, { site, thread: (await openThread(service, site, page)).thread.id, token, body: text })
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await service?.dispose()
})

type Content = { head?: string; body: string; headers?: Record<string, string>; path?: string }

const open = async ({ head = '', body, headers = {}, path = '/page' }: Content): Promise<Page> => {
  const html = `<!doctype html><html lang="en"><head><title>A post</title>${head}</head><body>${body}</body></html>`
  host.pages.set(path, { html, headers })
  const page = await browser.newPage()
  await page.goto(host.origin + path)
  return page
}

const script = (attributes = ''): string =>
  `<script async src="${service.url}/embed.js" data-site="${site}" ${attributes}></script>`

test('several scripts on a page each show a thread in their place; a repeated script shows it once', async () => {
  const page = await open({
    body: `${script('data-page="/a"')}<hr>${script('data-page="/b"')}${script('data-page="/b"')}`,
  })
  await page.getByText('about a').waitFor()
  await page.getByText('about b').waitFor()
  expect(await page.locator('repartee-comments').count()).toBe(2)
  expect(await page.locator('script + repartee-comments + hr').count()).toBe(1)
  await page.close()
})

test('a script in the head upgrades the host’s elements, even those after it', async () => {
  const page = await open({ head: script('data-page="/a"'), body: '<repartee-comments></repartee-comments>' })
  await page.getByText('about a').waitFor()
  expect(await page.locator('head repartee-comments').count()).toBe(0)
  expect(await page.locator('repartee-comments').count()).toBe(1)
  await page.close()
})

test('the page key is the path of the canonical link, or else of the page', async () => {
  const link = `<link rel="canonical" href="https://blog.example/a?utm=1">`
  const page = await open({ head: link, body: script(), path: '/print' })
  await page.getByText('about a').waitFor()
  await page.close()
  const plain = await open({ body: script(), path: '/b' })
  await plain.getByText('about b').waitFor()
  await plain.close()
})

test('works with a strict CSP and Trusted Types that allow the service and the two policies', async () => {
  const policy = [
    "default-src 'none'",
    `script-src ${service.url}`,
    `connect-src ${service.url} ${service.url.replace('http', 'ws')}`,
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html repartee',
  ].join('; ')
  const broken: string[] = []
  const page = await open({ body: '<p>x</p>', path: '/empty' })
  page.on('console', (message) => message.type() === 'error' && broken.push(message.text()))
  page.on('pageerror', (error) => broken.push(error.message))
  host.pages.set('/strict', {
    html: `<!doctype html><html lang="en"><head><title>A post</title><link rel="icon" href="data:,"></head><body>${script('data-page="/a"')}</body></html>`,
    headers: { 'content-security-policy': policy },
  })
  await page.goto(`${host.origin}/strict`)
  await page.getByText('about a').waitFor()
  expect(broken.filter((text) => !text.includes('favicon') && !text.includes('data:,'))).toEqual([])
  await page.close()
})

test('one request fetches all counts of a page, with or without a thread, and a shown thread updates its count', async () => {
  const asked: string[] = []
  const counts = Array.from({ length: 30 }, (_, i) => `<repartee-count page="/none/${i}">?</repartee-count>`).join(' ')
  const body = `<repartee-count page="/a">?</repartee-count>${counts}${script('data-page="/a"')}`
  host.pages.set('/counts', { html: `<!doctype html><html lang="en"><body>${body}</body></html>` })
  const page = await browser.newPage()
  page.on('request', (request) => request.url().includes('/counts?') && asked.push(request.url()))
  await page.goto(`${host.origin}/counts`)
  const own = page.locator('repartee-count[page="/a"]')
  await expect.poll(() => own.textContent()).toBe('1')
  expect(await page.locator('repartee-count[page="/none/29"]').textContent()).toBe('0')
  expect(asked).toHaveLength(1)
  await page.getByText('about a').waitFor()
  await post(service, { site, thread: (await openThread(service, site, '/a')).thread.id, token, body: 'another' })
  await expect.poll(() => own.textContent()).toBe('2')
  await page.close()
})

test('with data-count no thread is shown and no chunk is fetched', async () => {
  const page = await open({ body: `<repartee-count page="/b">?</repartee-count>${script('data-count')}` })
  await expect.poll(() => page.locator('repartee-count').textContent()).toBe('1')
  expect(await page.locator('repartee-comments').count()).toBe(0)
  const fetched = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
  expect(fetched.filter((name) => name.includes('/w/'))).toEqual([])
  await page.close()
})

test('a view survives being moved, and is drawn again for another page or language', async () => {
  const page = await open({ body: `<div id="to"></div>${script('data-page="/a"')}` })
  await page.getByText('about a').waitFor()
  const snapshots: string[] = []
  page.on('request', (request) => request.url().includes('/thread?') && snapshots.push(request.url()))
  await page.evaluate(() => {
    const element = document.querySelector('repartee-comments')
    if (element) document.querySelector('#to')?.append(element)
  })
  await page.locator('#to').getByText('about a').waitFor()
  expect(snapshots).toEqual([])
  await page.evaluate(() => document.querySelector('repartee-comments')?.setAttribute('page', '/b'))
  await page.getByText('about b').waitFor()
  expect(await page.getByText('about a').count()).toBe(0)
  await page.evaluate(() => document.querySelector('repartee-comments')?.setAttribute('lang', 'vi'))
  await page.getByText('bình luận').first().waitFor()
  await page.close()
})

test('the theme follows the page live, and can be fixed', async () => {
  const page = await open({
    head: '<style>body{background:#fff;color:#111} .night body{background:oklch(20% 0.02 260);color:#eee}</style>',
    body: script('data-page="/a"'),
  })
  await page.getByText('about a').waitFor()
  const scheme = (): Promise<string> =>
    page.locator('repartee-comments').evaluate((element) => getComputedStyle(element).colorScheme)
  expect(await scheme()).toBe('light')
  await page.evaluate(() => document.documentElement.classList.add('night'))
  await expect.poll(scheme).toBe('dark')
  await page.evaluate(() => document.querySelector('repartee-comments')?.setAttribute('theme', 'light'))
  await expect.poll(scheme).toBe('light')
  await page.close()
})
