import { base } from '$app/paths'

/**
 * Where to go after signing in: the page that asked for it, if it is one of the dashboard's. Anything else could lead
 * somebody who has just typed a password to a page that asks for it again.
 */
export const nextPage = (wanted: string | null): string => {
  if (wanted === null) return `${base}/`
  const url = URL.canParse(wanted, location.origin) ? new URL(wanted, location.origin) : null
  const isOurs = url !== null && url.origin === location.origin && url.pathname.startsWith(`${base}/`)
  return isOurs ? url.pathname + url.search : `${base}/`
}

/** The page to sign in at, which leads back to `path` afterwards. */
export const signInPage = (path: string, why?: 'ended'): string => {
  const query = new URLSearchParams({ next: path, ...(why !== undefined && { why }) })
  return path === `${base}/` && why === undefined ? `${base}/sign-in` : `${base}/sign-in?${query}`
}
