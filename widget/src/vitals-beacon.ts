import { MAX_VITAL_CLS, MAX_VITAL_MS, MAX_VITAL_POSTS, type Vitals } from '@repartee/sdk/protocol'
import { onCLS, onINP, onLCP } from 'web-vitals'
import { NEAR, POSTED } from './timings.ts'

let isWatching = false

/** Whether the reader's browser asks not to be measured. */
const isDeclined = (): boolean =>
  navigator.doNotTrack === '1' ||
  (navigator as { readonly globalPrivacyControl?: boolean }).globalPrivacyControl === true

const within = (value: number | undefined, max = MAX_VITAL_MS, parts = 1): number[] =>
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
    ;[seen.cls] = within(value, MAX_VITAL_CLS, 1_000)
  })

  const report = (): void => {
    if (document.visibilityState !== 'hidden') return
    document.removeEventListener('visibilitychange', report)
    const posts = durations(POSTED).slice(-MAX_VITAL_POSTS)
    const vitals: { [K in keyof Vitals]: Vitals[K] | undefined } = {
      ...seen,
      threadMs,
      postMs: posts.length > 0 ? posts : undefined,
    }
    const url = `${baseUrl.replace(/\/+$/, '')}/api/v1/sites/${encodeURIComponent(site)}/vitals`
    // Sent as text: JSON would need a preflight request, for which a page that is closing has no time.
    navigator.sendBeacon(url, JSON.stringify(vitals))
  }
  // The library's own listeners are further out, and so its values are final when this one runs.
  document.addEventListener('visibilitychange', report)
}
