import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { newId } from '@repartee/sdk/protocol'
import { registerSite } from '@repartee/service/testing/people'
import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { type FaultProxy, startFaultProxy } from '@repartee/tools/chaos/proxy/start-fault-proxy'
import { launchBrowser } from '@repartee/tools/launch-browser'
import { findPostgres, installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commentSaying, openComposer, writeComment } from './browser-reader.ts'
import { postPage, startHostSite } from './host-site.ts'

const STALE = 'Showing a saved copy. It may be out of date.'
const KEPT = 'Not sent yet. It is saved here and will be sent automatically.'

/** From the database's return to the page's: the service asks it again, then the page the service, every 10 to 20 s. */
const RECOVERY = { timeout: 90_000 }

describe.runIf(installed('postgres'))('while only the database is unavailable', () => {
  let proxy: FaultProxy
  let service: RunningService
  let host: Awaited<ReturnType<typeof startHostSite>>
  let browser: Browser
  let database: string

  beforeAll(async () => {
    const postgres = await sharedPostgres()
    proxy = await startFaultProxy(postgres)
    database = await postgres.createDatabase()
    const throughProxy = new URL(database)
    throughProxy.port = String(proxy.port)
    service = await startService({ DATABASE_URL: throughProxy.href, REPARTEE_SECRET: `${newId()}${newId()}` })
    host = await startHostSite()
    browser = await launchBrowser()
    const site = await registerSite(service, { origins: [host.origin] })
    host.pages.set('/post', { html: postPage({ service: service.url, site }) })
  })
  afterAll(async () => {
    await browser?.close()
    await host?.close()
    await service?.dispose()
    proxy?.close()
  })

  /** Asked past the proxy: what is stored, whatever the service can reach. */
  const stored = (): string =>
    execFileSync(
      join(findPostgres() ?? '', 'psql'),
      ['-AtF:', '-c', 'select body, count(*) from comments group by body order by body', database],
      { encoding: 'utf8' },
    ).trim()

  const visit = async (): Promise<Page> => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${host.origin}/post`)
    return page
  }

  test('the page shows a saved copy and says so; new comments survive a reload and are each sent once afterwards', async () => {
    const writer = await visit()
    await writeComment(writer, 'before', 'Thu')
    await commentSaying(writer, 'before').waitFor()
    // The copy is the page that was last served.
    await writer.reload()
    await commentSaying(writer, 'before').waitFor()
    const open = await visit()
    await commentSaying(open, 'before').waitFor()

    proxy.kill()
    // An open page notices only when it has something to store.
    await writeComment(open, 'from the open page', 'Duc')

    await writer.reload()
    await commentSaying(writer, 'before').waitFor()
    await writer.locator('[part=status]').getByText(STALE).waitFor()
    await expect.poll(() => writer.getByRole('status').textContent(), RECOVERY).toContain(STALE)

    await writeComment(writer, 'while it is away', 'Thu')
    await commentSaying(writer, 'while it is away').getByText(KEPT).waitFor()
    await (await openComposer(writer)).fill('half a thought')
    await expect.poll(() => writer.evaluate(() => JSON.stringify(localStorage)), RECOVERY).toContain('half a thought')
    await writer.reload()
    await commentSaying(writer, 'while it is away').getByText(KEPT).waitFor()
    expect(await (await openComposer(writer)).inputValue()).toBe('half a thought')

    await commentSaying(open, 'from the open page').getByText(KEPT).waitFor(RECOVERY)
    await open.locator('[part=status]').getByText(STALE).waitFor(RECOVERY)
    expect(stored()).toBe('before:1')

    // The first comment to be stored is, but the answer that says so is lost.
    proxy.plan.add({ kind: 'cut when answered' }, 1, /insert into comments/)
    await proxy.accept()
    const all = ['before:1', 'from the open page:1', 'while it is away:1'].join('\n')
    await expect.poll(stored, RECOVERY).toBe(all)
    for (const page of [writer, open]) {
      await expect.poll(() => page.getByText(KEPT).count(), RECOVERY).toBe(0)
      await expect.poll(() => page.getByText(STALE).count(), RECOVERY).toBe(0)
    }
    expect(proxy.plan.met).toBe(1)
    expect(await commentSaying(writer, 'while it is away').count()).toBe(1)
    expect(await (await openComposer(writer)).inputValue()).toBe('half a thought')
    await writer.reload()
    await commentSaying(writer, 'from the open page').waitFor()
    expect(await writer.getByRole('article').count()).toBe(3)
    expect(stored()).toBe(all)
  }, 240_000)
})
