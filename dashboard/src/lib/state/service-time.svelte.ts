/** How far the service's clock is ahead of this browser's, in ms. */
let ahead = 0
let now = $state(Date.now())

const TICK_MS = 30_000

/** Learn the service's time from an answer's `Date` header, whose resolution is a second. */
export const learnTime = (header: string | null): void => {
  const at = Date.parse(header ?? '')
  if (Number.isNaN(at)) return
  const difference = at - Date.now()
  ahead = Math.abs(difference) < 2_000 ? 0 : difference
}

/** The time by the service's clock, in epoch milliseconds; what reads it is drawn again twice a minute. */
export const serviceTime = (): number => now + ahead

/** Keep `serviceTime` going. Returns what stops it. */
export const startClock = (): (() => void) => {
  const timer = setInterval(() => {
    now = Date.now()
  }, TICK_MS)
  return () => clearInterval(timer)
}
