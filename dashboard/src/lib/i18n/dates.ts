import type { Language } from './languages.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Date and time of a moment in epoch milliseconds, in the browser's time zone. */
export const exactTime = (language: Language, at: number): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(at)

export const exactDate = (language: Language, at: number): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(at)

/**
 * How long ago or ahead of `now` a moment is, in words; the date when it is more than a month away, and `justNow` when it is
 * less than a minute.
 */
export const relativeDate = (language: Language, at: number, now: number, justNow: string): string => {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const difference = at - now
  const distance = Math.abs(difference)
  if (distance < MINUTE) return justNow
  if (distance < HOUR) return words.format(Math.round(difference / MINUTE), 'minute')
  if (distance < DAY) return words.format(Math.round(difference / HOUR), 'hour')
  if (distance < 30 * DAY) return words.format(Math.round(difference / DAY), 'day')
  return exactDate(language, at)
}

/** A length of time in the largest units that say it whole: `15 minutes`, `1 day 12 hours`. */
export const lengthOfTime = (language: Language, ms: number): string => {
  const units: readonly (readonly [unit: string, ms: number])[] = [
    ['day', DAY],
    ['hour', HOUR],
    ['minute', MINUTE],
    ['second', 1_000],
  ]
  let rest = ms
  const words: string[] = []
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0)
      words.push(new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count))
  }
  return words.length === 0
    ? new Intl.NumberFormat(language, { style: 'unit', unit: 'second', unitDisplay: 'long' }).format(0)
    : words.join(' ')
}
