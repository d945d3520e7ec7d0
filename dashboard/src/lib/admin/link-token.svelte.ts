import { afterNavigate, replaceState } from '$app/navigation'
import { page } from '$app/state'

export type LinkToken = {
  /** `null` until the page is there, and if the link was not complete. */
  readonly value: string | null
  readonly missing: boolean
}

/**
 * The one-time secret of the link that led here, from the fragment, which no server, log or Referer sees. It is taken out
 * of the address at once, so that no history keeps it. Call it while a page is set up.
 */
export const linkToken = (): LinkToken => {
  let value = $state.raw<string | null>(null)
  let looked = $state(false)
  afterNavigate(() => {
    looked = true
    const { hash, pathname, search } = location
    if (hash.length < 2) return
    value = hash.slice(1)
    replaceState(pathname + search, page.state)
  })
  return {
    get value() {
      return value
    },
    get missing() {
      return looked && value === null
    },
  }
}
