import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Dev, startDev } from '@repartee/tools/dev/start'
import { launchBrowser } from '@repartee/tools/launch-browser'
import { freePort } from '@repartee/tools/servers/free-port'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

const source = fileURLToPath(new URL('../', import.meta.url))
/** Enough for a busy machine. */
const SOON = { timeout: 60_000 }

let folder: string
let widget: string
let dev: Dev
let browser: Browser
let page: Page

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repartee-dev-'))
  widget = join(folder, 'widget')
  for (const part of ['src', 'gallery', 'package.json', 'svelte.config.js', 'tsconfig.json'])
    await cp(join(source, part), join(widget, part), { recursive: true })
  await symlink(join(source, '../node_modules'), join(folder, 'node_modules'))
  // Beside it, as in the repository.
  await symlink(join(source, '../tsconfig.json'), join(folder, 'tsconfig.json'))
  dev = await startDev({ widget, port: await freePort(), dataDir: join(folder, 'data') })
  browser = await launchBrowser()
  page = await browser.newPage()
  await page.goto(`${dev.url}/demo/same-hill.html`)
  await page.locator('repartee-comments').scrollIntoViewIfNeeded()
})
afterAll(async () => {
  await browser?.close()
  await dev?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Change a source of the widget; resolves with the time until `seen` in ms. */
const edit = async (file: string, from: string, to: string, seen: () => Promise<void>): Promise<number> => {
  const path = join(widget, file)
  const text = await readFile(path, 'utf8')
  expect(text).toContain(from)
  const startedAt = performance.now()
  await writeFile(path, text.replace(from, to))
  await seen()
  return Math.round(performance.now() - startedAt)
}

test('an edit of a component appears in the page at once, and the page keeps its state', async () => {
  await page.getByRole('button', { name: 'Add a comment…' }).click(SOON)
  const box = page.getByRole('textbox', { name: 'Your comment' })
  await box.fill('half a thought')
  await page.evaluate(() => Object.assign(window, { same: true }))
  const ms = await edit('src/islands/Editor.svelte', '{ui.messages.preview}\n', 'Look at it first\n', () =>
    page.getByRole('button', { name: 'Look at it first' }).waitFor(SOON),
  )
  console.info(`dev: a component was in the page ${ms} ms after it was written`)
  expect(await page.evaluate(() => 'same' in window)).toBe(true)
  expect(await box.inputValue()).toBe('half a thought')
})

test('an edit of another module appears too: the view is mounted again in the same page, and keeps the draft', async () => {
  const ms = await edit('src/i18n/en.ts', 'No comments yet', 'Nobody has said a word', () =>
    page.getByText('Nobody has said a word').waitFor(SOON),
  )
  console.info(`dev: a text was in the page ${ms} ms after it was written`)
  expect(await page.evaluate(() => 'same' in window)).toBe(true)
  await expect.poll(() => page.getByRole('textbox', { name: 'Your comment' }).inputValue(), SOON).toBe('half a thought')
})

test('the gallery is served from the same sources', async () => {
  await page.goto(`${dev.url}/gallery/?state=empty`)
  await page.getByText('Nobody has said a word').waitFor(SOON)
})
