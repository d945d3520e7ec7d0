import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSite, setUp, turnOnTotp } from './owner.ts'
import { ownScreens, publicScreens, type Screen } from './screens.ts'
import { complaints } from './watched-page.ts'

type SignedIn = Awaited<ReturnType<BrowserContext['storageState']>>

let service: RunningService
let origin: string
let browser: Browser
let owner: SignedIn
let site: string

beforeAll(async () => {
  service = await startService()
  origin = `http://localhost:${service.port}`
  browser = await launchBrowser()
  const context = await browser.newContext({ locale: 'en' })
  const page = await context.newPage()
  await setUp(page, service.setupUrl ?? '')
  await turnOnTotp(page)
  await page.goto(`${origin}/dashboard/sites/new`)
  await makeSite(page, 'The Quarterly Journal of Unreasonably Long Names for Otherwise Perfectly Small Weblogs', [
    'https://a-rather-long-name-of-a-host-that-goes-on-and-on.blog.example',
  ])
  await page.goto(`${origin}/dashboard/sites/new`)
  site = await makeSite(page, 'Margin Notes', ['https://blog.example', 'http://localhost:4000'])
  owner = await context.storageState()
  await context.close()
})
afterAll(async () => {
  await browser?.close()
  await service?.dispose()
})

const violations = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run(document, { resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
    )
  })

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

type Setting = { readonly theme: 'light' | 'dark'; readonly language: 'en' | 'vi'; readonly width: number }

const settings: readonly Setting[] = [
  { theme: 'light', language: 'en', width: 1280 },
  { theme: 'dark', language: 'vi', width: 320 },
  { theme: 'dark', language: 'en', width: 1920 },
  { theme: 'light', language: 'vi', width: 375 },
]

describe.each(settings)('in $theme, $language, $width px', ({ theme, language, width }) => {
  let strangers: Page
  let owners: Page
  let strangersFound: string[]
  let ownersFound: string[]

  const open = async (storageState?: SignedIn): Promise<Page> => {
    const context = await browser.newContext({
      locale: language,
      colorScheme: theme,
      reducedMotion: 'reduce',
      viewport: { width, height: 900 },
      ...(storageState !== undefined && { storageState }),
    })
    const page = await context.newPage()
    // Half a megabyte: given once, not at each of the pages.
    await page.addInitScript(axe.source)
    return page
  }
  beforeAll(async () => {
    strangers = await open()
    owners = await open(owner)
    strangersFound = complaints(strangers)
    ownersFound = complaints(owners)
  })
  afterAll(async () => {
    await strangers?.context().close()
    await owners?.context().close()
  })

  const judge = async (page: Page, found: string[], { path, prepare }: Screen): Promise<void> => {
    found.length = 0
    // A fragment alone would not load the page again.
    await page.goto('about:blank')
    await page.goto(`${origin}/dashboard/${path.replace('{site}', site)}`)
    await page.locator('h1').waitFor()
    await expect.poll(() => page.locator('.skeleton').count()).toBe(path === 'gallery' ? 3 : 0)
    await prepare?.(page)
    expect(await violations(page)).toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(await page.locator('html').getAttribute('lang')).toBe(language)
    expect(found).toEqual([])
  }

  test.each(publicScreens)('axe finds nothing on $name, and nothing is cut off', (screen) =>
    judge(strangers, strangersFound, screen),
  )
  test.each(ownScreens)('axe finds nothing on $name, and nothing is cut off', (screen) =>
    judge(owners, ownersFound, screen),
  )
})
