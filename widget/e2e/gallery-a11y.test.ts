import { launchBrowser } from '@repartee/tools/launch-browser'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scenarios } from '../gallery/scenarios.ts'
import { startGallery } from './gallery-server.ts'

let gallery: Awaited<ReturnType<typeof startGallery>>
let browser: Browser
let page: Page

beforeAll(async () => {
  gallery = await startGallery()
  browser = await launchBrowser()
  page = await browser.newPage()
  // Half a megabyte: given once, not at each of the pages.
  await page.addInitScript(axe.source)
})

afterAll(async () => {
  await browser?.close()
  await gallery?.close()
})

type Setting = {
  readonly theme: 'light' | 'dark'
  readonly lang: 'en' | 'vi' | 'ar'
  readonly width: number
  readonly host: string
}

const settings: readonly Setting[] = [
  { theme: 'light', lang: 'en', width: 1280, host: 'plain' },
  { theme: 'dark', lang: 'vi', width: 1280, host: 'plain' },
  { theme: 'light', lang: 'ar', width: 375, host: 'plain' },
  { theme: 'dark', lang: 'en', width: 320, host: 'plain' },
  { theme: 'light', lang: 'vi', width: 700, host: 'serif' },
]

const open = async (state: string, { theme, lang, width, host }: Setting): Promise<void> => {
  await page.setViewportSize({ width, height: 800 })
  // Check colours after their transitions have ended.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(`${gallery.origin}?${new URLSearchParams({ state, theme, lang, host })}`)
  await page.waitForSelector('html[data-ready]')
}

const violations = (): Promise<string[]> =>
  page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run('#comments', {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
    )
  })

describe.each(settings)('in $theme, $lang, $width px, host $host', (setting) => {
  test.each(Object.keys(scenarios))('axe finds nothing in "%s", and nothing overflows horizontally', async (state) => {
    await open(state, setting)
    expect(await violations()).toEqual([])
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow).toBe(0)
  })
})

test('axe checks the shadow root: it finds a deliberate fault', async () => {
  await open('few', { theme: 'light', lang: 'en', width: 700, host: 'plain' })
  await page.evaluate(() => {
    const root = document.querySelector('#comments')?.shadowRoot
    root?.querySelector('[data-more]')?.removeAttribute('aria-label')
  })
  expect((await violations()).map((line) => line.split(':')[0])).toEqual(['button-name'])
})

test('every target is at least 24 × 24 CSS px, or so far from others that a 24 px circle around it touches none', async () => {
  for (const state of ['few', 'composer-guest', 'menu', 'picker', 'outbox', 'help']) {
    await open(state, { theme: 'light', lang: 'en', width: 320, host: 'plain' })
    const small = await page.evaluate(() => {
      const root = document.querySelector('#comments')?.shadowRoot
      return [...(root?.querySelectorAll<HTMLElement>('button, input, textarea, summary') ?? [])]
        .filter((target) => target.offsetWidth < 24 || target.offsetHeight < 24)
        .map((target) => target.outerHTML.slice(0, 120))
    })
    expect(small).toEqual([])
  }
})

/** From nearly white to nearly black, and the most saturated colours: what a site owner may choose. */
const accents = [
  '#ffffff',
  '#ffee00',
  '#00ff66',
  '#00ffff',
  '#ff9900',
  '#ff0000',
  '#ff00ff',
  '#808080',
  '#0000ff',
  '#000000',
  '#b400e1',
  '#69870f',
  '#00a078',
]

test.each(['light', 'dark'] as const)('every accent colour is readable on a %s page', async (theme) => {
  await open('composer-guest', { theme, lang: 'en', width: 700, host: 'plain' })
  for (const accent of accents) {
    await page.evaluate((value) => {
      document.querySelector<HTMLElement>('#comments')?.style.setProperty('--repartee-accent', value)
    }, accent)
    expect(await violations(), accent).toEqual([])
  }
})
