import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EMAIL, PASSWORD } from './owner.ts'
import { complaints } from './watched-page.ts'

let service: RunningService
let origin: string
let browser: Browser
let page: Page
let found: string[]

beforeAll(async () => {
  service = await startService()
  origin = `http://localhost:${service.port}`
  browser = await launchBrowser()
  page = await (await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 800 } })).newPage()
  found = complaints(page)
})
afterAll(async () => {
  await browser?.close()
  await service?.dispose()
})

/** The name of what has the focus, as assistive technology hears it. */
const focused = (): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null
    const label = (element as HTMLInputElement | null)?.labels?.[0]?.innerText
    return (label ?? element?.getAttribute('aria-label') ?? element?.innerText ?? '').split('\n')[0]?.trim() ?? ''
  })

/** Press Tab until something with this name has the focus. */
const tabTo = async (name: string | RegExp, most = 60): Promise<void> => {
  const seen: string[] = []
  for (let press = 0; press < most; press += 1) {
    await page.keyboard.press('Tab')
    const now = await focused()
    seen.push(now)
    if (typeof name === 'string' ? now === name : name.test(now)) return
  }
  throw new Error(`Tab never reached ${name}, but ${seen.join(' | ')}`)
}

test('an account is made, secured later, and a site is made, without a pointer', async () => {
  await page.goto(service.setupUrl ?? '')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await tabTo('E-mail address')
  await page.keyboard.type(EMAIL)
  await tabTo('Password')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Lock the door first' }).waitFor()
  await tabTo('Later')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'New site' }).waitFor()
  await tabTo('Name')
  await page.keyboard.type('Margin Notes')
  await page.keyboard.press('Tab')
  await page.keyboard.type('https://blog.example')
  await tabTo('Make the site')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Install', level: 1 }).waitFor()
  expect(found).toEqual([])
})

test('the first Tab of every page leads past the navigation', async () => {
  await page.reload()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('Skip to the content')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.querySelector('main')?.contains(document.activeElement))).toBe(true)
})

test('the palette goes anywhere and gives the focus back when it is closed', async () => {
  await tabTo(/^Copy/)
  const before = await focused()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('combobox').waitFor({ state: 'hidden' })
  expect(await focused()).toBe(before)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.type('secur')
  await page.getByRole('option', { name: 'Security' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Security', level: 1 }).waitFor()
})

test('letters are shortcuts, except in a field, and can be turned off', async () => {
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.getByRole('heading', { name: 'Sites', level: 1 }).waitFor()
  await page.getByRole('link', { name: 'New site' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'New site', level: 1 }).waitFor()
  await tabTo('Name')
  await page.keyboard.type('gs?')
  expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('gs?')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Make the site' }).focus()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await tabTo('Shortcuts of single letters')
  await page.keyboard.press('Space')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  expect(await page.getByRole('heading', { name: 'New site', level: 1 }).count()).toBe(1)
  await page.keyboard.press('Escape')
})

test('a menu opens with the arrow, is walked by arrows and letters, and gives the focus back', async () => {
  await page.getByRole('button', { name: /^Account and settings/ }).focus()
  await page.keyboard.press('ArrowDown')
  const menu = page.getByRole('menu')
  await menu.waitFor()
  await expect.poll(focused).toBe('As the system')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  expect(await focused()).toBe('Dark')
  await page.keyboard.press('Enter')
  await menu.waitFor({ state: 'hidden' })
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
  await expect.poll(focused).toMatch(/^Account and settings/)
})

test('a dialog keeps the focus inside, and gives it back', async () => {
  await page.goto(`${origin}/dashboard/account/security`)
  await page.getByText('No passkeys yet').waitFor()
  await tabTo('Add a passkey')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  for (let press = 0; press < 8; press += 1) {
    await page.keyboard.press('Tab')
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  }
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await expect.poll(focused).toBe('Add a passkey')
  expect(found).toEqual([])
})
