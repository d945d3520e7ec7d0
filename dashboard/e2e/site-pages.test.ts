import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeSite, PASSWORD, setUp } from './owner.ts'
import { complaints } from './watched-page.ts'

let service: RunningService
let origin: string
let browser: Browser
let context: BrowserContext
let page: Page
let found: string[]
let site: string

beforeAll(async () => {
  service = await startService()
  origin = `http://localhost:${service.port}`
  browser = await launchBrowser()
  context = await browser.newContext({ locale: 'en' })
  page = await context.newPage()
  found = complaints(page)
  await setUp(page, service.setupUrl ?? '')
})
afterAll(async () => {
  await browser?.close()
  await service?.dispose()
})

beforeEach(async () => {
  await page.goto(`${origin}/dashboard/sites/new`)
  site = await makeSite(page, 'Margin Notes', ['https://blog.example'])
})

const settingsOf = (key: string): string => `${origin}/dashboard/sites/${key}/settings`

test('what is wrong with an origin is said at its field, and nothing is lost', async () => {
  await page.goto(`${origin}/dashboard/sites/new`)
  const origins = page.getByRole('textbox', { name: 'Where your pages are' })
  await page.getByRole('textbox', { name: 'Name' }).fill('Another')
  await origins.fill('https://blog.example/path?x')
  await page.getByRole('button', { name: 'Make the site' }).click()
  await page.getByText('One of the addresses cannot be used.').waitFor()
  expect(await origins.getAttribute('aria-invalid')).toBe('true')
  expect(await origins.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Another')
  await origins.fill(origin)
  await page.getByRole('button', { name: 'Make the site' }).click()
  await page.getByText('One of the addresses is that of this dashboard.').waitFor()
})

test('of two who change one setting the second sees what changed, and decides', async () => {
  const other = await context.newPage()
  await page.goto(settingsOf(site))
  await other.goto(settingsOf(site))
  const longest = (of: Page) => of.getByRole('textbox', { name: 'Longest comment' })
  await longest(page).fill('4000')
  await page.getByRole('textbox', { name: 'Comments a minute' }).fill('3')
  await longest(other).fill('2000')
  await other.getByRole('button', { name: 'Save changes' }).click()
  await other.getByText('The settings are saved.').waitFor()
  await other.close()

  await page.getByRole('button', { name: 'Save changes' }).click()
  const notice = page.getByRole('status').filter({ hasText: 'Someone else changed this site' })
  await notice.getByText('Now: 2000').waitFor()
  await notice.getByText('Yours: 4000').waitFor()
  expect(await notice.getByText('Comments a minute').count()).toBe(0)
  await notice.getByRole('button', { name: 'Take what is there now: Longest comment' }).click()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('The settings are saved.').waitFor()
  await page.reload()
  expect(await longest(page).inputValue()).toBe('2000')
  expect(await page.getByRole('textbox', { name: 'Comments a minute' }).inputValue()).toBe('3')
})

test('changes that are not saved are not left behind by a stray click', async () => {
  await page.goto(settingsOf(site))
  await page.getByRole('textbox', { name: 'Longest comment' }).fill('4000')
  await page.getByRole('link', { name: 'Overview' }).click()
  const question = page.getByRole('alertdialog', { name: 'Leave without saving?' })
  await question.getByRole('button', { name: 'Cancel' }).click()
  expect(await page.getByRole('textbox', { name: 'Longest comment' }).inputValue()).toBe('4000')
  await page.getByRole('link', { name: 'Overview' }).click()
  await question.getByRole('button', { name: 'Leave' }).click()
  await page.getByRole('heading', { name: 'Margin Notes', level: 1 }).waitFor()
})

test('a site is deleted once its name is typed, and undo brings it back', async () => {
  await page.goto(settingsOf(site))
  await page.getByRole('button', { name: 'Delete the site' }).click()
  const question = page.getByRole('alertdialog')
  const act = question.getByRole('button', { name: 'Delete the site' })
  expect(await act.isDisabled()).toBe(true)
  await question.getByRole('textbox', { name: 'Type Margin Notes to go on' }).fill('Margin Notes')
  await act.click()
  await page.getByText('“Margin Notes” is deleted.').waitFor()
  await page.getByText(/Everything is gone/).waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('“Margin Notes” is back.').waitFor()
  await expect.poll(() => page.getByText(/Everything is gone/).count()).toBe(0)
  // Made anew for each test.
  expect(found).toEqual([])
})

test('a dangerous act asks who is there if that was long ago, and goes on by itself', async () => {
  let asked = 0
  await page.route('**/api/v1/admin/sites/*', async (route) => {
    if (route.request().method() !== 'DELETE' || asked > 0) return route.fallback()
    asked += 1
    await route.fulfill({ status: 403, json: { error: { code: 'step_up_required', message: 'prove who you are' } } })
  })
  await page.goto(settingsOf(site))
  await page.getByRole('button', { name: 'Delete the site' }).click()
  const question = page.getByRole('alertdialog')
  await question.getByRole('textbox').fill('Margin Notes')
  await question.getByRole('button', { name: 'Delete the site' }).click()
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.getByRole('textbox', { name: 'Your password' }).fill('not this one, surely not')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await dialog.getByText('This is not your current password.').waitFor()
  await dialog.getByRole('textbox', { name: 'Your password' }).fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('“Margin Notes” is deleted.').waitFor()
  expect(asked).toBe(1)
  await page.unroute('**/api/v1/admin/sites/*')
})

test('closing that question changes nothing', async () => {
  await page.route('**/api/v1/admin/sites/*', (route) =>
    route.request().method() === 'DELETE'
      ? route.fulfill({ status: 403, json: { error: { code: 'step_up_required', message: 'prove who you are' } } })
      : route.fallback(),
  )
  await page.goto(settingsOf(site))
  await page.getByRole('button', { name: 'Delete the site' }).click()
  await page.getByRole('alertdialog').getByRole('textbox').fill('Margin Notes')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete the site' }).click()
  await page.getByRole('dialog', { name: 'Confirm that it is you' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.unroute('**/api/v1/admin/sites/*')
  await page.reload()
  expect(await page.getByText('This site is deleted').count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Delete the site' }).isEnabled()).toBe(true)
})

test('when the service is away a page says so, and comes back with one press', async () => {
  await page.route('**/api/v1/admin/**', (route) => route.abort())
  await page.goto(`${origin}/dashboard/sites/${site}`)
  const alert = page.getByRole('alert')
  await alert.getByText('The service cannot be used at the moment.').waitFor()
  await page.unroute('**/api/v1/admin/**')
  await alert.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'Margin Notes', level: 1 }).waitFor()
})
