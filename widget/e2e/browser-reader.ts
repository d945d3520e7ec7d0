import type { Locator, Page } from 'playwright-core'

/** What a reader does in a thread, found by what is visible. */
export const openComposer = async (page: Page): Promise<Locator> => {
  const box = page.getByRole('textbox', { name: 'Your comment' })
  const stub = page.getByRole('button', { name: 'Add a comment…' })
  // With an earlier draft the composer is already open.
  await box.or(stub).first().waitFor()
  if (!(await box.isVisible())) await stub.click()
  await box.waitFor()
  return box
}

/** Write a comment, and enter a name if the page asks for one. */
export const writeComment = async (page: Page, text: string, name = 'A reader'): Promise<void> => {
  await (await openComposer(page)).fill(text)
  const field = page.getByRole('textbox', { name: 'Your name' })
  if (await field.isVisible()) await field.fill(name)
  await page.getByRole('button', { name: 'Post comment' }).click()
}

/** The comment with `text`. */
export const commentSaying = (page: Page, text: string): Locator => page.getByRole('article').filter({ hasText: text })

export const replyTo = async (page: Page, comment: Locator, text: string): Promise<void> => {
  await comment.getByRole('button', { name: 'Reply', exact: true }).click()
  const box = page.getByRole('textbox', { name: /^Your reply to/ })
  await box.fill(text)
  const name = page.getByRole('textbox', { name: 'Your name' })
  if (await name.isVisible()) await name.fill('A reader')
  await page.getByRole('button', { name: 'Post reply' }).click()
}

export const chooseAction = async (comment: Locator, name: string): Promise<void> => {
  await comment.getByRole('button', { name: 'More actions' }).click()
  await comment
    .getByRole('button', { name, exact: true })
    .or(comment.getByRole('menuitem', { name, exact: true }))
    .click()
}
