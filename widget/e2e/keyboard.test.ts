import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commentSaying, writeComment } from './browser-reader.ts'

const PAGE = '/demo/small-marks.html'
let service: RunningService
let browser: Browser
let page: Page

beforeAll(async () => {
  service = await startService()
  browser = await launchBrowser()
  page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage()
  await page.goto(service.url + PAGE)
  await page.locator('repartee-comments').scrollIntoViewIfNeeded()
  await page.getByRole('button', { name: 'Add a comment…' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await service?.dispose()
})

/** What the focus is on, as a screen reader would name it: the deepest active element through shadow roots. */
const focused = (): Promise<string> =>
  page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return (
      [element?.getAttribute('aria-label'), element?.textContent, element?.getAttribute('placeholder')]
        .find(Boolean)
        ?.trim() ?? ''
    )
  })

/** Press Tab until the focus is on something of this name. */
const tabTo = async (name: RegExp, key = 'Tab'): Promise<void> => {
  for (let presses = 0; presses < 80; presses += 1) {
    if (name.test(await focused())) return
    await page.keyboard.press(key)
  }
  throw new Error(`Tab never reached ${name}; the focus is on "${await focused()}"`)
}

test('a reader without a mouse posts, replies, reacts, edits and deletes', async () => {
  await tabTo(/^Add a comment/)
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Your comment' }).waitFor()
  await expect.poll(focused).toMatch(/What do you think/)
  await page.keyboard.type('Written without a mouse')
  await page.keyboard.press('Control+Enter')
  // The first time a name is needed: the refusal takes the focus to the field that misses it.
  await expect
    .poll(() =>
      page
        .getByRole('textbox', { name: 'Your name' })
        .evaluate((field) => (field.getRootNode() as ShadowRoot).activeElement === field),
    )
    .toBe(true)
  await page.keyboard.type('Keys')
  await page.keyboard.press('Enter')
  await commentSaying(page, 'Written without a mouse').waitFor()

  await tabTo(/^Reply$/)
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Your reply to Keys' }).waitFor()
  await page.keyboard.type('A reply by keys')
  await page.keyboard.press('Control+Enter')
  const reply = page.getByRole('article').filter({ hasText: 'A reply by keys' })
  await reply.waitFor()

  await tabTo(/^Add a reaction$/)
  await page.keyboard.press('Enter')
  await tabTo(/Love/)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Love: 1' }).waitFor()

  await tabTo(/^More actions$/)
  await page.keyboard.press('Enter')
  await tabTo(/^Edit$/)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Save' }).waitFor()
  await page.keyboard.type(' and edited')
  await page.keyboard.press('Control+Enter')
  await page.getByText('and edited').waitFor()

  await tabTo(/^More actions$/)
  await page.keyboard.press('Enter')
  await tabTo(/^Delete$/)
  await page.keyboard.press('Enter')
  await expect.poll(focused).toMatch(/Undo/)
  await page.getByText('and edited').waitFor({ state: 'detached', timeout: 15_000 })
})

test('Escape closes a form and returns the focus to what opened it', async () => {
  await commentSaying(page, 'by keys').or(commentSaying(page, 'Written without')).first().waitFor()
  const opener = page.getByRole('button', { name: 'Reply', exact: true }).first()
  await opener.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: /^Your reply to/ }).waitFor()
  await page.keyboard.press('Escape')
  await expect
    .poll(() => opener.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button))
    .toBe(true)
})

test('comments of others are announced politely, together, and without their text', async () => {
  const other = await (await browser.newContext()).newPage()
  await other.goto(service.url + PAGE)
  await other.locator('repartee-comments').scrollIntoViewIfNeeded()
  await page.evaluate(() => {
    const region = document.querySelector('repartee-comments')?.shadowRoot?.querySelector('[role=status]')
    if (!region) throw new Error('no live region')
    const said: string[] = []
    Object.assign(window, { said })
    new MutationObserver(() => said.push(region.textContent?.trim() ?? '')).observe(region, {
      childList: true,
      subtree: true,
      characterData: true,
    })
  })
  for (let i = 0; i < 3; i += 1) {
    await writeComment(other, `secret text ${i}`, 'Other')
    await commentSaying(other, `secret text ${i}`).waitFor()
  }
  const said = (): Promise<string[]> => page.evaluate(() => Reflect.get(window, 'said'))
  await expect
    .poll(async () => (await said()).filter((text) => text !== ''), { timeout: 25_000 })
    .toContainEqual(expect.stringMatching(/new comment/))
  await page.getByRole('button', { name: '3 new comments' }).waitFor()
  const spoken = (await said()).filter((text) => text !== '')
  expect(spoken.length).toBeLessThanOrEqual(2)
  expect(spoken.join()).not.toContain('secret')
})
