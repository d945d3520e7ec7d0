import type { Page } from 'playwright-core'

/** A page of the dashboard, or one of its states. */
export type Screen = {
  readonly name: string
  /** Below /dashboard/; `{site}` stands for the key of a site. */
  readonly path: string
  /** What is done there before it is judged; found without words, since it happens in every language. */
  readonly prepare?: (page: Page) => Promise<void>
}

const submit = (page: Page): Promise<void> => page.locator('form button[type=submit]').first().click()
const dialog = (page: Page): Promise<void> => page.locator('[role=dialog], [role=alertdialog]').first().waitFor()

/** What is seen without an account. */
export const publicScreens: readonly Screen[] = [
  { name: 'sign-in', path: 'sign-in' },
  {
    name: 'sign-in with errors',
    path: 'sign-in?next=/dashboard/account',
    prepare: async (page) => {
      await submit(page)
      await page.locator('[aria-invalid=true]').first().waitFor()
    },
  },
  {
    name: 'sign-in refused',
    path: 'sign-in',
    prepare: async (page) => {
      await page.locator('[name=email]').fill('nobody@example.com')
      await page.locator('[name=password]').fill('wrong')
      await submit(page)
      await page.locator('[role=alert]').waitFor()
    },
  },
  { name: 'set-up without its link', path: 'set-up' },
  { name: 'set-up', path: 'set-up#secret' },
  { name: 'sign-up', path: 'sign-up' },
  { name: 'finish of a sign-up', path: 'confirm#secret' },
  {
    name: 'a sign-up that cannot be finished',
    path: 'confirm#secret',
    prepare: async (page) => {
      await page.locator('main button').click()
      await page.locator('[role=alert]').waitFor()
    },
  },
  { name: 'forgotten password', path: 'forgot' },
  { name: 'new password', path: 'reset#secret' },
  { name: 'new password without its link', path: 'reset' },
  { name: 'verification', path: 'verify#secret' },
  { name: 'change of address', path: 'confirm-email#secret' },
  {
    name: 'invitation that no longer works',
    path: 'invitation#secret',
    prepare: (page) => page.locator('[role=alert]').waitFor(),
  },
  { name: 'no such page', path: 'nothing/here' },
  { name: 'parts', path: 'gallery' },
]

/** What an owner sees. */
export const ownScreens: readonly Screen[] = [
  { name: 'sites', path: '' },
  { name: 'welcome', path: 'welcome' },
  { name: 'new site', path: 'sites/new' },
  {
    name: 'new site with errors',
    path: 'sites/new',
    prepare: async (page) => {
      await submit(page)
      await page.locator('[aria-invalid=true]').first().waitFor()
    },
  },
  { name: 'no such site', path: 'sites/nothing-here' },
  { name: 'overview', path: 'sites/{site}' },
  { name: 'install', path: 'sites/{site}/install' },
  {
    name: 'preview',
    path: 'sites/{site}/preview',
    prepare: (page) => page.frameLocator('iframe').getByRole('heading', { level: 2 }).waitFor(),
  },
  { name: 'settings', path: 'sites/{site}/settings' },
  {
    name: 'settings with a wrong change',
    path: 'sites/{site}/settings',
    prepare: async (page) => {
      await page.locator('[name=maxBodyLength]').fill('none')
      await page.locator('[aria-invalid=true]').waitFor()
    },
  },
  {
    name: 'deletion of a site',
    path: 'sites/{site}/settings',
    prepare: async (page) => {
      await page.locator('button.danger').click()
      await dialog(page)
    },
  },
  { name: 'profile', path: 'account' },
  { name: 'security', path: 'account/security' },
  {
    name: 'new passkey',
    path: 'account/security',
    prepare: async (page) => {
      await page.locator('section').nth(1).locator('button').first().click()
      await dialog(page)
    },
  },
  {
    name: 'new recovery codes',
    path: 'account/security',
    prepare: async (page) => {
      await page.locator('section').nth(2).locator('button').first().click()
      await dialog(page)
    },
  },
  { name: 'sessions', path: 'account/sessions' },
  { name: 'mail', path: 'installation/mail' },
  { name: 'invitations', path: 'installation/invitations' },
  {
    name: 'palette',
    path: '',
    prepare: async (page) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('option').first().waitFor()
    },
  },
  {
    name: 'shortcuts',
    path: '',
    prepare: async (page) => {
      await page.keyboard.press('?')
      await dialog(page)
    },
  },
]
