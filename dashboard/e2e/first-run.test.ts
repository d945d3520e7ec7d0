import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { enterPassword, enterRecoveryCode, makeSite, setUp, turnOnTotp } from './owner.ts'
import { complaints } from './watched-page.ts'

let service: RunningService
let origin: string
let browser: Browser
let page: Page
let found: string[]
let codes: string[]

beforeAll(async () => {
  service = await startService()
  // Passkeys are bound to a name, which an address is not.
  origin = `http://localhost:${service.port}`
  browser = await launchBrowser()
  page = await (await browser.newContext({ locale: 'en' })).newPage()
  found = complaints(page)
})
afterAll(async () => {
  await browser?.close()
  await service?.dispose()
})

test('whoever follows the set-up link owns the installation, secures the account, and makes the first site', async () => {
  await setUp(page, service.setupUrl ?? '')
  expect(page.url()).toBe(`${origin}/dashboard/welcome`)
  codes = (await turnOnTotp(page)).codes
  expect(codes).toHaveLength(10)
  await page.getByRole('link', { name: 'Continue' }).click()
  const key = await makeSite(page, 'Margin Notes', ['https://Bücher.example/', 'http://localhost:4000'])
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByText('https://xn--bcher-kva.example').waitFor()
  await page.getByText(key, { exact: true }).waitFor()
  expect(found).toEqual([])
})

test('the link works once', async () => {
  const visitor = await browser.newPage({ locale: 'en' })
  await visitor.goto(service.setupUrl ?? '')
  await visitor.getByRole('textbox', { name: 'E-mail address' }).fill('eve@example.com')
  await visitor.getByRole('textbox', { name: 'Password' }).fill('another quite long password')
  await visitor.getByRole('button', { name: 'Create my account' }).click()
  await visitor.getByRole('alert').getByText('This installation is set up already').waitFor()
  await visitor.close()
})

test('after signing out, password and second factor lead back, to the page that was asked for', async () => {
  await page.getByRole('button', { name: /^Account and settings of this browser/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.goto(`${origin}/dashboard/account/sessions`)
  await page.getByText('Sign in to open that page.').waitFor()
  await enterPassword(page, 'not the password at all')
  await page.getByRole('alert').getByText('do not belong together').waitFor()
  await enterPassword(page)
  await page.getByRole('textbox', { name: 'Code from your app' }).fill('000000')
  await page.getByText('The code is wrong, or has been used.').waitFor()
  await enterRecoveryCode(page, codes[0] ?? '')
  await page.getByRole('heading', { name: 'Sessions' }).waitFor()
  expect(found).toEqual([])
})

test('a session that was ended elsewhere leads to the sign-in, which says why, and back to the page', async () => {
  const other = await (await browser.newContext({ locale: 'en' })).newPage()
  await other.goto(`${origin}/dashboard/sign-in`)
  await enterPassword(other)
  await enterRecoveryCode(other, codes[1] ?? '')
  await other.getByRole('heading', { name: 'Sites' }).waitFor()

  await page.reload()
  await page.getByRole('button', { name: 'End all others' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'End all others' }).click()
  await page.getByText('1 session has ended.').waitFor()

  await other.getByRole('link', { name: 'Sessions' }).click()
  await other.getByText('Your session has ended.').waitFor()
  await enterPassword(other)
  await enterRecoveryCode(other, codes[2] ?? '')
  await other.getByRole('heading', { name: 'Sessions' }).waitFor()
  await other.context().close()
})
