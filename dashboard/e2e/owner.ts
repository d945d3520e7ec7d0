import { generateSync } from 'otplib'
import type { Page } from 'playwright-core'

export const EMAIL = 'mai@example.com'
export const PASSWORD = 'four quiet lamps by the river'

/** What an owner does, found by what is visible. Texts are English. */

/** Make the first account of an installation with its set-up link. */
export const setUp = async (page: Page, setupUrl: string): Promise<void> => {
  await page.goto(setupUrl)
  await page.getByRole('textbox', { name: 'E-mail address' }).fill(EMAIL)
  await page.getByRole('textbox', { name: /^Your name/ }).fill('Mai Trần')
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create my account' }).click()
  await page.getByRole('heading', { name: 'Lock the door first' }).waitFor()
}

/** Turn on the authenticator app, on a page that offers it. Resolves with its key and the recovery codes. */
export const turnOnTotp = async (page: Page): Promise<{ secret: string; codes: string[] }> => {
  await page.getByRole('button', { name: 'Set up' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set up your authenticator app' })
  const secret = (await dialog.locator('code').innerText()).replaceAll(' ', '')
  await dialog.getByRole('textbox', { name: /six digits/ }).fill(generateSync({ secret }))
  const shown = page.getByRole('dialog', { name: 'Keep these recovery codes' })
  await shown.waitFor()
  const codes = await shown.getByRole('listitem').allInnerTexts()
  await shown.getByRole('button', { name: 'I have kept them' }).click()
  await shown.waitFor({ state: 'hidden' })
  return { secret, codes }
}

/** Make a site on its page. Resolves with its key. */
export const makeSite = async (page: Page, name: string, origins: readonly string[]): Promise<string> => {
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('textbox', { name: 'Where your pages are' }).fill(origins.join('\n'))
  await page.getByRole('button', { name: 'Make the site' }).click()
  await page.getByRole('heading', { name: 'Install', level: 1 }).waitFor()
  const key = /\/sites\/([^/]+)\//.exec(page.url())?.[1]
  if (key === undefined) throw new Error(`${page.url()} names no site`)
  return key
}

/** The first step of signing in. */
export const enterPassword = async (page: Page, password = PASSWORD): Promise<void> => {
  await page.getByRole('textbox', { name: 'E-mail address' }).fill(EMAIL)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** The second step, with a code that was kept. */
export const enterRecoveryCode = async (page: Page, code: string): Promise<void> => {
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByRole('textbox', { name: 'Recovery code' }).fill(code)
  await page.getByRole('button', { name: 'Continue' }).click()
}
