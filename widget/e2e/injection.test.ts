import { type CommandResult, newId, type Preview } from '@repartee/sdk/protocol'
import { corpus } from '@repartee/service/testing/injection-corpus'
import { guest, openThread, registerSite } from '@repartee/service/testing/people'
import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { call } from '@repartee/service/testing/wire-client'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openComposer } from './browser-reader.ts'
import { postPage, startHostSite } from './host-site.ts'

let service: RunningService
let host: Awaited<ReturnType<typeof startHostSite>>
let browser: Browser
let site: string
let created = 0
let edited = 0
const previews: string[] = []
const BATCH = 20

/** Allowed to differ from a blank or refused text, which has nothing to show. */
const refusedCodes = new Set(['body_blank', 'too_many_links', 'body_too_long'])

beforeAll(async () => {
  service = await startService()
  host = await startHostSite()
  browser = await launchBrowser()
  site = await registerSite(service, {
    origins: [host.origin],
    settings: { maxBodyLength: 20_000, links: { hold: 1_000, refuse: 1_000 } },
  })
  const policy = [
    "default-src 'none'",
    `script-src ${service.url}`,
    `connect-src ${service.url} ${service.url.replace('http', 'ws')}`,
    "style-src 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types repartee svelte-trusted-html',
  ].join('; ')
  for (const path of ['/create', '/edit']) {
    host.pages.set(path, {
      html: postPage({ service: service.url, site, attributes: `data-page="${path}" data-sort="oldest"` }),
    })
    host.pages.set(`${path}-strict`, {
      html: postPage({ service: service.url, site, attributes: `data-page="${path}" data-sort="oldest"` }),
      headers: { 'content-security-policy': policy },
    })
  }
  const { token } = await guest(service, site, '"><img src=x onerror=alert(1)>')
  const api = `${service.api}/sites/${site}`
  const threads = {
    create: (await openThread(service, site, '/create')).thread.id,
    edit: (await openThread(service, site, '/edit')).thread.id,
  }
  const send = async ({ name, body }: (typeof corpus)[number]): Promise<void> => {
    const made = await call('POST', `${api}/threads/${threads.create}/comments`, {
      token,
      body: { key: newId(), body },
    })
    if (made.status === 201) created += 1
    else expect([...refusedCodes], name).toContain((made.body as { error: { code: string } }).error.code)
    const plain = await call<CommandResult<'comment.create'>>('POST', `${api}/threads/${threads.edit}/comments`, {
      token,
      body: { key: newId(), body: `harmless: ${name}` },
    })
    const change = await call('PATCH', `${api}/threads/${threads.edit}/comments/${plain.body.comment.id}`, {
      token,
      body: { body },
    })
    if (change.status === 200) edited += 1
    const preview = await call<Preview>('POST', `${api}/preview`, { token, body: { body } })
    if (preview.status === 200) previews.push(preview.body.html)
  }
  // Side by side in each batch.
  for (let at = 0; at < corpus.length; at += BATCH) await Promise.all(corpus.slice(at, at + BATCH).map(send))
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await service?.dispose()
})

/** Open a page that detects every effect of a payload. */
const guarded = async (path: string): Promise<{ page: Page; harm: string[] }> => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const harm: string[] = []
  page.on('dialog', (dialog) => {
    harm.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => harm.push(`error ${error.message}`))
  page.on('framenavigated', (frame) => {
    if (frame !== page.mainFrame() || !frame.url().startsWith(host.origin)) harm.push(`navigation ${frame.url()}`)
  })
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url())
    if (origin !== service.url && origin !== host.origin) harm.push(`request ${request.url()}`)
    if (origin === host.origin && pathname !== path && pathname !== '/favicon.ico')
      harm.push(`request ${request.url()}`)
  })
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|Trusted Type/i.test(message.text())) harm.push(`policy ${message.text()}`)
  })
  await page.addInitScript(() => {
    const seen: string[] = []
    Object.assign(window, { seen, alert: (what: unknown) => seen.push(`alert ${what}`) })
    for (const name of ['print', 'prompt', 'confirm', 'open']) Object.assign(window, { [name]: () => seen.push(name) })
  })
  await page.goto(host.origin + path)
  return { page, harm }
}

const settle = async (page: Page, harm: string[]): Promise<string[]> => {
  // Whatever was inserted had its chance: handlers of broken images and animations run within a few frames.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 300))))
  return [...harm, ...(await page.evaluate(() => (window as unknown as { seen: string[] }).seen))]
}

describe.each(['', '-strict'])('a host page%s', (suffix) => {
  test.each(['/create', '/edit'])(
    'shows every hostile comment of %s, and nothing in it runs, loads or moves',
    async (path) => {
      const { page, harm } = await guarded(path + suffix)
      await page.getByRole('button', { name: 'Add a comment…' }).waitFor()
      const expected = path === '/create' ? created : corpus.length
      const more = page.getByRole('button', { name: 'Show more comments' })
      await expect
        .poll(
          async () => {
            if (await more.isVisible()) await more.click()
            return page.getByRole('article').count()
          },
          { timeout: 30_000 },
        )
        .toBe(expected)
      // Hover and focus what could react to it.
      for (const link of (await page.getByRole('article').locator('.body a').all()).slice(0, 20)) await link.hover()
      expect(await settle(page, harm)).toEqual([])
      const foreign = await page
        .getByRole('article')
        .locator(
          '.body :is(script,style,iframe,object,embed,form,input,img,svg,math,base,meta,link,video,audio,template)',
        )
        .count()
      expect(foreign).toBe(0)
      const schemes = await page
        .getByRole('article')
        .locator('a')
        .evaluateAll((links) => [...new Set(links.map((link) => (link as HTMLAnchorElement).protocol))])
      expect(schemes.filter((scheme) => !['http:', 'https:', 'mailto:'].includes(scheme))).toEqual([])
      await page.context().close()
    },
  )

  test('shows hostile previews, and none of their code runs', async () => {
    const { page, harm } = await guarded(`/create${suffix}`)
    const box = await openComposer(page)
    const sample = corpus.filter((_, index) => index % 8 === 0 && corpus[index]?.body !== '')
    for (const { body } of sample) {
      await box.evaluate((element, text) => {
        const area = element as HTMLTextAreaElement
        area.value = text
        area.dispatchEvent(new Event('input', { bubbles: true }))
      }, body)
      await page.getByRole('button', { name: 'Preview' }).click()
      await page
        .getByRole('button', { name: 'Write' })
        .or(page.getByRole('button', { name: 'Preview', pressed: true }))
        .first()
        .click()
      await box.waitFor()
    }
    expect(await settle(page, harm)).toEqual([])
    await page.context().close()
  })
})

test('the corpus was shown and not refused', () => {
  expect(created).toBeGreaterThan(corpus.length * 0.9)
  expect(edited).toBeGreaterThan(corpus.length * 0.9)
  expect(previews.length).toBeGreaterThan(corpus.length * 0.9)
  console.info(`injection: ${corpus.length} bodies, ${created} created, ${edited} edited, ${previews.length} previewed`)
})
