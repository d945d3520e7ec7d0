import type { Snapshot } from '@repartee/sdk/protocol'
import { registerSite } from '@repartee/service/testing/people'
import { newDatabase, type RunningService, startService } from '@repartee/service/testing/start-service'
import { call } from '@repartee/service/testing/wire-client'
import { launchBrowser } from '@repartee/tools/launch-browser'
import { freePort } from '@repartee/tools/servers/free-port'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commentSaying, openComposer, writeComment } from './browser-reader.ts'
import { postPage, startHostSite } from './host-site.ts'

let service: RunningService
let host: Awaited<ReturnType<typeof startHostSite>>
let browser: Browser
let env: Record<string, string>
let site: string

beforeAll(async () => {
  env = { ...(await newDatabase()), PORT: String(await freePort()) }
  service = await startService(env)
  host = await startHostSite()
  browser = await launchBrowser()
  site = await registerSite(service, { origins: [host.origin] })
  host.pages.set('/post', { html: postPage({ service: service.url, site }) })
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await service?.dispose()
})

test('a draft survives a reload', async () => {
  const page = await browser.newPage()
  await page.goto(`${host.origin}/post`)
  await (await openComposer(page)).fill('half a thought')
  await expect.poll(() => page.evaluate(() => JSON.stringify(localStorage))).toContain('half a thought')
  await page.reload()
  expect(await (await openComposer(page)).inputValue()).toBe('half a thought')
  await page.close()
})

test('a comment sent during an outage survives a reload, and is sent exactly once when the service is back', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${host.origin}/post`)
  await writeComment(page, 'before the outage', 'Thu')
  await commentSaying(page, 'before the outage').waitFor()
  await service.close()

  await writeComment(page, 'during the outage')
  await commentSaying(page, 'during the outage').waitFor()
  await page.getByText('Connection lost').waitFor()

  service = await startService(env)
  await expect
    .poll(
      async () => {
        const { body } = await call<Snapshot>('GET', `${service.api}/sites/${site}/thread?page=/post`)
        return body.comments.map((comment) => comment.html.replaceAll(/<[^>]+>/g, '').trim())
      },
      { timeout: 45_000 },
    )
    .toEqual(['during the outage', 'before the outage'])
  await expect.poll(() => commentSaying(page, 'during the outage').count()).toBe(1)
  await page.reload()
  await commentSaying(page, 'during the outage').waitFor()
  expect(await page.getByRole('article').count()).toBe(2)
  await context.close()
})

test('a first visit during an outage shows it and offers to try again', async () => {
  await service.close()
  const page = await browser.newPage()
  // The loader comes from the service too, so the page was opened before the outage.
  await page.route('**/api/v1/**', (route) => route.abort())
  service = await startService(env)
  await page.goto(`${host.origin}/post`)
  await page.getByText('The comments could not be loaded.').waitFor({ timeout: 30_000 })
  await page.unroute('**/api/v1/**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await commentSaying(page, 'before the outage').waitFor()
  await page.close()
})
