const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type Formats = {
  ago: Intl.RelativeTimeFormat
  day: Intl.DateTimeFormat
  date: Intl.DateTimeFormat
  full: Intl.DateTimeFormat
}

const cache = new Map<string, Formats>()

/** Intl objects cost more than all the formatting of a page, so each language keeps one set. */
const formats = (lang: string): Formats => {
  let found = cache.get(lang)
  if (!found) {
    const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(lang, options)
    found = {
      ago: new Intl.RelativeTimeFormat(lang, { numeric: 'auto' }),
      day: date({ day: 'numeric', month: 'short' }),
      date: date({ day: 'numeric', month: 'short', year: 'numeric' }),
      full: date({ dateStyle: 'full', timeStyle: 'short' }),
    }
    cache.set(lang, found)
  }
  return found
}

/** How long ago, in words, up to a week; the date after that, with its year unless it is this one. */
export const relativeTime = (at: number, now: number, lang: string): string => {
  const { ago, day, date } = formats(lang)
  // Clocks differ: a comment from the near future was written now.
  const past = Math.max(0, now - at)
  if (past < MINUTE) return ago.format(0, 'second')
  if (past < HOUR) return ago.format(-Math.floor(past / MINUTE), 'minute')
  if (past < DAY) return ago.format(-Math.floor(past / HOUR), 'hour')
  if (past < 7 * DAY) return ago.format(-Math.floor(past / DAY), 'day')
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return (sameYear ? day : date).format(at)
}

/** Date and time in full. */
export const fullTime = (at: number, lang: string): string => formats(lang).full.format(at)
