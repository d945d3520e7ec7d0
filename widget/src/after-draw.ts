/** What a page does not need to show its comments: a chunk that is loaded when the browser is idle. */
export { followPage } from './state/follow-page.ts'
export { watchVitals } from './vitals-beacon.ts'
