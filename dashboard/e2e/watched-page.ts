import type { Page } from 'playwright-core'

/** Collects what a browser complains about: blocked by a policy, not found, thrown by a script. */
export const complaints = (page: Page): string[] => {
  const found: string[] = []
  page.on('console', (message) => {
    // Refusals are answers that the page deals with, though browsers log each as an error.
    if (message.type() === 'error' && !/status of (?:4\d\d|503)/.test(message.text())) found.push(message.text())
  })
  page.on('pageerror', (error) => found.push(String(error)))
  return found
}
