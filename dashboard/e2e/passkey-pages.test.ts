import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { enterPassword, setUp } from './owner.ts'
import { complaints } from './watched-page.ts'

let service: RunningService
let origin: string
let browser: Browser
let page: Page
let found: string[]
let devtools: CDPSession
let authenticator: string

/** An authenticator in the browser, whose owner's finger or face it recognises or not. */
const plugIn = async (recognises: boolean): Promise<string> => {
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: recognises,
      automaticPresenceSimulation: true,
    },
  })
  return authenticatorId
}

beforeAll(async () => {
  service = await startService()
  origin = `http://localhost:${service.port}`
  browser = await launchBrowser()
  page = await (await browser.newContext({ locale: 'en' })).newPage()
  found = complaints(page)
  devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  authenticator = await plugIn(true)
  await setUp(page, service.setupUrl ?? '')
})
afterAll(async () => {
  await browser?.close()
  await service?.dispose()
})

const signOut = async (): Promise<void> => {
  await page.getByRole('button', { name: /^Account and settings/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
}

test('a passkey is added under a name, and renamed', async () => {
  await page.goto(`${origin}/dashboard/account/security`)
  await page.getByText('No passkeys yet').waitFor()
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Laptop')
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('The passkey “Laptop” is added.').waitFor()
  await page.getByRole('button', { name: 'More actions: Laptop' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Work laptop')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('button', { name: 'More actions: Work laptop' }).waitFor()
  expect(found).toEqual([])
})

test('it signs in alone', async () => {
  await signOut()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByRole('heading', { name: 'Sites' }).waitFor()
})

test('it is the second factor after the password', async () => {
  await signOut()
  await enterPassword(page)
  await page.getByRole('heading', { name: 'Show that it is you' }).waitFor()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByRole('heading', { name: 'Sites' }).waitFor()
})

test('an authenticator that does not know who is there says so, and other ways stay open', async () => {
  await signOut()
  await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: authenticator })
  authenticator = await plugIn(false)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText('No passkey was used.').waitFor()
  await page.getByRole('textbox', { name: 'Password' }).waitFor()
  expect(found).toEqual([])
})
