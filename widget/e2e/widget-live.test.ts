import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chooseAction, commentSaying, replyTo, writeComment } from './browser-reader.ts'

const PAGE = '/demo/same-hill.html'
let service: RunningService
let browser: Browser
let writer: Page
let watcher: Page

const visit = async (): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  await page.goto(service.url + PAGE)
  await page.locator('repartee-comments').scrollIntoViewIfNeeded()
  await page.getByRole('button', { name: /Add a comment|Thêm bình luận/ }).waitFor()
  return page
}

beforeAll(async () => {
  service = await startService()
  browser = await launchBrowser()
  writer = await visit()
  watcher = await visit()
})
afterAll(async () => {
  await browser?.close()
  await service?.dispose()
})

test('a guest’s comment appears in another window within a second, without a reload', async () => {
  await writeComment(writer, 'The very first comment', 'Lan')
  await commentSaying(watcher, 'The very first comment').waitFor()

  // Both windows use the same clock: when Send was pressed in one, and when the other first announced a new comment.
  await writer.evaluate(() => {
    document.addEventListener('submit', () => Object.assign(window, { sentAt: Date.now() }), { capture: true })
    const root = document.querySelector('repartee-comments')?.shadowRoot
    root?.addEventListener('submit', () => Object.assign(window, { sentAt: Date.now() }), { capture: true })
  })
  await watcher.evaluate(() => {
    const root = document.querySelector('repartee-comments')?.shadowRoot
    if (!root) throw new Error('no thread')
    new MutationObserver(() => {
      const told = root.querySelector('[part=pill]') !== null
      if (told && !('toldAt' in window)) Object.assign(window, { toldAt: Date.now() })
    }).observe(root, { childList: true, subtree: true })
  })
  const delays: number[] = []
  for (let i = 0; i < 9; i += 1) {
    const text = `live comment number ${i}`
    await watcher.evaluate(() => Reflect.deleteProperty(window, 'toldAt'))
    await writeComment(writer, text)
    await watcher.getByRole('button', { name: /new comment/ }).click()
    await commentSaying(watcher, text).waitFor()
    const at = (page: Page, name: string): Promise<number> => page.evaluate((key) => Reflect.get(window, key), name)
    delays.push((await at(watcher, 'toldAt')) - (await at(writer, 'sentAt')))
  }
  delays.sort((a, b) => a - b)
  const median = delays[Math.floor(delays.length / 2)] ?? Number.POSITIVE_INFINITY
  console.info(`live: from Send in one window to the news in the other: median ${median} ms of ${delays.length}`)
  expect(median).toBeLessThan(1_000)
})

test('replies, reactions, edits and deletions appear in the other window', async () => {
  await replyTo(watcher, commentSaying(watcher, 'The very first comment'), 'A reply from the other window')
  await writer.getByRole('button', { name: /new comment/ }).click()
  await commentSaying(writer, 'A reply from the other window').waitFor()

  const first = commentSaying(writer, 'The very first comment')
  await first.getByRole('button', { name: 'Add a reaction' }).click()
  await writer
    .getByRole('button', { name: 'Love' })
    .or(writer.getByRole('menuitemcheckbox', { name: 'Love' }))
    .first()
    .click()
  await commentSaying(watcher, 'The very first comment').getByRole('button', { name: 'Love: 1' }).waitFor()

  await chooseAction(first, 'Edit')
  const box = writer.getByRole('article').getByRole('textbox')
  await box.fill('The very first comment, mended')
  await writer.getByRole('button', { name: 'Save' }).click()
  await commentSaying(watcher, 'The very first comment, mended').getByText('edited').waitFor()

  const last = commentSaying(writer, 'live comment number 8')
  await chooseAction(last, 'Delete')
  await writer.getByRole('button', { name: 'Undo' }).waitFor()
  await commentSaying(watcher, 'live comment number 8').waitFor({ state: 'detached', timeout: 15_000 })

  await chooseAction(first, 'Delete')
  await commentSaying(watcher, 'This comment was deleted.').waitFor({ timeout: 15_000 })
  await commentSaying(watcher, 'A reply from the other window').waitFor()
})

test('a deletion that is undone in time has no effect', async () => {
  const comment = commentSaying(writer, 'live comment number 7')
  await chooseAction(comment, 'Delete')
  await writer.getByRole('button', { name: 'Undo' }).click()
  await commentSaying(writer, 'live comment number 7').waitFor()
  await watcher.reload()
  await commentSaying(watcher, 'live comment number 7').waitFor()
})

test('each window shows how many are reading, and who is writing', async () => {
  await watcher.getByText('2 reading').waitFor()
  const box = writer.getByRole('textbox', { name: 'Your comment' })
  if (!(await box.isVisible())) await writer.getByRole('button', { name: 'Add a comment…' }).click()
  await box.pressSequentially('Something long', { delay: 20 })
  await watcher.getByText('Lan is typing…').waitFor()
})

test('a permalink scrolls to its comment and focuses it', async () => {
  const link = await commentSaying(writer, 'live comment number 0').getByRole('link').first().getAttribute('href')
  const page = await browser.newPage({ viewport: { width: 375, height: 700 } })
  await page.goto(new URL(link ?? '', service.url + PAGE).href)
  const target = commentSaying(page, 'live comment number 0')
  await target.waitFor()
  await expect
    .poll(() => target.evaluate((element) => (element.getRootNode() as ShadowRoot).activeElement === element))
    .toBe(true)
  const top = await target.evaluate((element) => element.getBoundingClientRect().top)
  expect(top).toBeGreaterThanOrEqual(0)
  expect(top).toBeLessThan(700)
  await page.close()
})
