import { MAX_NAME_LENGTH } from '@repartee/sdk/protocol'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startGallery } from './gallery-server.ts'

let gallery: Awaited<ReturnType<typeof startGallery>>
let browser: Browser
let page: Page

beforeAll(async () => {
  gallery = await startGallery()
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await gallery?.close()
})

beforeEach(async () => {
  await page?.close()
  page = await browser.newPage()
})

const open = async (state: string): Promise<void> => {
  await page.goto(`${gallery.origin}?${new URLSearchParams({ state })}`)
  await page.waitForSelector('html[data-ready]')
}

/** The focused element, by the name that a reader would use. */
const focused = (): Promise<string> =>
  page.evaluate(() => {
    const element = document.querySelector('#comments')?.shadowRoot?.activeElement
    if (!element) return ''
    const author = element.querySelector(':scope > header > .author')?.textContent
    if (author) return `article ${author}: ${element.querySelector(':scope > .body')?.textContent}`
    const label = element.getAttribute('aria-label') ?? element.textContent?.trim().replace(/\s+/g, ' ') ?? ''
    return element.tagName === 'TEXTAREA' || element.tagName === 'INPUT'
      ? element.tagName.toLowerCase()
      : `${element.tagName.toLowerCase()} ${label}`.slice(0, 60)
  })

const tabTo = async (what: string | RegExp): Promise<void> => {
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press('Tab')
    const now = await focused()
    if (typeof what === 'string' ? now === what : what.test(now)) return
  }
  throw new Error(`no ${what} within 60 tabs`)
}

const expectFocus = (what: string | RegExp): Promise<void> =>
  typeof what === 'string' ? expect.poll(focused).toBe(what) : expect.poll(focused).toMatch(what)

const status = (): Promise<string | null> => page.locator('#comments [role=status]').textContent()

test('with only the keyboard a guest opens the composer, enters a name and posts; the focus stays on the text', async () => {
  await open('empty')
  await tabTo(/Add a comment/)
  await page.keyboard.press('Enter')
  await expectFocus('textarea')
  await page.keyboard.type('Typed without a mouse')
  await page.keyboard.press('Control+Enter')
  await expectFocus('input')
  await page.keyboard.type('Robin')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.locator('article').allInnerTexts()).toEqual([expect.stringContaining('Robin')])
  await expect.poll(status).toContain('Comment posted.')
  await tabTo('button Preview')
})

test('Escape closes a reply, an edit and a menu, and returns the focus to where it was', async () => {
  await open('few')
  await tabTo('button Reply')
  await page.keyboard.press('Enter')
  await expectFocus('textarea')
  await page.keyboard.press('Escape')
  await expectFocus('button Reply')

  await tabTo('button Add a reaction')
  await page.keyboard.press('Enter')
  await expectFocus('button Like')
  await page.keyboard.press('Escape')
  await expectFocus('button Add a reaction')

  await page.locator('[data-own] [data-more]').focus()
  await page.keyboard.press('Enter')
  await expectFocus('button Copy link')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expectFocus('textarea')
  await page.keyboard.press('Escape')
  await expectFocus('button More actions')
})

test('a menu closes by its button, and when it loses the focus', async () => {
  await open('few')
  const more = page.locator('[data-own] [data-more]')
  await more.click()
  await expectFocus('button Copy link')
  await more.click()
  await expect.poll(() => page.locator('.pop').count()).toBe(0)
  await more.click()
  await expectFocus('button Copy link')
  await page.locator('h2').click()
  await expect.poll(() => page.locator('.pop').count()).toBe(0)
})

test('a reply is sent with Control+Enter, appears under its parent, and the focus returns to Reply', async () => {
  await open('few')
  await tabTo('button Reply')
  await page.keyboard.press('Enter')
  await expectFocus('textarea')
  await page.keyboard.type('An answer')
  await page.keyboard.press('Control+Enter')
  await expectFocus('button Reply')
  await expect.poll(() => page.locator('.replies > li > article', { hasText: 'An answer' }).count()).toBe(1)
})

test('a refused comment returns to the composer; the reason is announced and linked to the field', async () => {
  await open('few')
  await tabTo(/Add a comment/)
  await page.keyboard.press('Enter')
  await expectFocus('textarea')
  await page.keyboard.type('cheap viagra')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => page.locator('textarea').inputValue()).toBe('cheap viagra')
  const field = page.locator('textarea')
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  const described = await field.evaluate(
    (area) =>
      (area.getRootNode() as ShadowRoot).getElementById(area.getAttribute('aria-describedby') ?? '')?.textContent,
  )
  expect(described).toBe('Your comment contains words that are not allowed here.')
  await expectFocus('textarea')
})

test('after a deletion the focus goes to Undo, and to the next comment when Undo expires', async () => {
  await open('few')
  await page.locator('[data-own] [data-more]').focus()
  await page.keyboard.press('Enter')
  await expectFocus('button Copy link')
  await tabTo('button Delete')
  await page.keyboard.press('Enter')
  await expectFocus('button Undo')
  await expectFocus(/^article Mei Ling: /)
})

test('Undo brings the comment back and the focus onto it', async () => {
  await open('few')
  await page.locator('[data-own] [data-more]').click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await expectFocus('button Undo')
  await page.keyboard.press('Enter')
  await expectFocus('article Ana: Thank you, that is exactly what I was looking for.')
})

test('the pill shows the new comments and focuses the first of them', async () => {
  await open('pill')
  await tabTo('button 3 new comments')
  await page.keyboard.press('Enter')
  await expectFocus('article Mei Ling: Thank you, that is exactly what I was looking for.')
})

test('loading more replies moves the focus to the first of them', async () => {
  await open('few')
  await tabTo('button Show 7 more replies')
  await page.keyboard.press('Enter')
  await expectFocus('article Mei Ling: Thank you, that is exactly what I was looking for.')
})

test('a reader without a name is asked for one before their reaction is sent', async () => {
  await open('picker-guest')
  await expectFocus('input')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.locator('.problem').first().textContent()).toContain('Enter your name')
  await page.keyboard.type('Robin')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.locator('.chip').first().getAttribute('aria-pressed')).toBe('true')
  await expectFocus('button Add a reaction')
})

test('a guest who posts without a name is asked for one, in a field as long as a name may be', async () => {
  await open('composer-guest')
  await expectFocus('textarea')
  await page.keyboard.type('hello')
  await page.keyboard.press('Control+Enter')
  await expectFocus('input')
  await expect.poll(() => page.locator('.problem').last().textContent()).toContain('Enter your name')
  expect(await page.locator('form input').getAttribute('maxlength')).toBe(`${MAX_NAME_LENGTH}`)
})

test('a permalink focuses its comment below the page’s sticky header', async () => {
  await open('permalink')
  await expectFocus(/^article Tomasz: It does/)
})

test('the live regions exist and are empty before anything happens', async () => {
  await open('loading')
  expect((await status())?.trim()).toBe('')
  expect((await page.locator('#comments [role=alert]').textContent())?.trim()).toBe('')
})

test('bold, italic and links have shortcuts, and the browser’s own undo undoes them', async () => {
  await open('few')
  await tabTo(/Add a comment/)
  await page.keyboard.press('Enter')
  await expectFocus('textarea')
  await page.keyboard.type('light')
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Control+B')
  expect(await page.locator('textarea').inputValue()).toBe('**light**')
  await page.keyboard.press('Control+Z')
  expect(await page.locator('textarea').inputValue()).toBe('light')
})
