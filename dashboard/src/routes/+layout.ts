import { needTexts } from '$lib/i18n/index.ts'
import { startLook } from '$lib/state/look.svelte.ts'

// The service answers JSON only: every page is drawn in the browser.
export const ssr = false
export const prerender = false

export const load = async (): Promise<void> => {
  await startLook()
  await needTexts('common', 'errors')
}
