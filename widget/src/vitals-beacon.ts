import type { Vitals } from '@repartee/sdk/protocol'
import { onCLS, onINP, onLCP } from 'web-vitals'
import { NEAR, POSTED } from './timings.ts'

/** What the service takes; a value beyond it is left out. */
const MAX_MS = 600_000
const MAX_CLS = 100
const MAX_POSTS = 20

let isWatching = false

/** A reader who does not want to be measured says so in one of these ways. */
const isDeclined = (): boolean =>
  navigator.doNotTrack === '1' ||
  (navigator as { readonly globalPrivacyControl?: boolean }).globalPrivacyControl === true

const within = (value: number | undefined, max = MAX_MS, parts = 1): number[] =>
  value !== undefined && value >= 0 && value <= max ? [Math.round(value * parts) / parts] : []

const durations = (name: string): number[] =>
  performance.getEntriesByName(name).flatMap(({ duration }) => within(duration))

/**
 * Measure this visit, and send anonymous numbers to the service once, when the page is first hidden. A second call on
 * the same page does nothing.
 */
export const watchVitals = (baseUrl: string, site: string, drawnAt: number): void => {
  if (isWatching || isDeclined()) return
  isWatching = true
  const near = performance.getEntriesByName(NEAR)[0]
  const [threadMs] = within(near && drawnAt - near.startTime)
  const seen: { lcpMs?: number | undefined; inpMs?: number | undefined; cls?: number | undefined } = {}
  onLCP(({ value }) => {
    ;[seen.lcpMs] = within(value)
  })
  onINP(({ value }) => {
    ;[seen.inpMs] = within(value)
  })
  onCLS(({ value }) => {
    ;[seen.cls] = within(value, MAX_CLS, 1_000)
  })

  const tell = (): void => {
    if (document.visibilityState !== 'hidden') return
    document.removeEventListener('visibilitychange', tell)
    const posts = durations(POSTED).slice(-MAX_POSTS)
    const vitals: { [K in keyof Vitals]: Vitals[K] | undefined } = {
      ...seen,
      threadMs,
      postMs: posts.length > 0 ? posts : undefined,
    }
    const url = `${baseUrl.replace(/\/+$/, '')}/api/v1/sites/${encodeURIComponent(site)}/vitals`
    // Text, so that no other origin is asked for permission first while the page goes away.
    navigator.sendBeacon(url, JSON.stringify(vitals))
  }
  // The measurements are closed by listeners further out, which hear of it before this one.
  document.addEventListener('visibilitychange', tell)
}
