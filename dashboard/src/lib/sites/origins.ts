/** The entries of a list that is written one a line; commas and spaces between them do as well. */
export const originLines = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** An origin without what most begin with; `self` is the service's own. */
export const shownOrigin = (origin: string, self: string): string =>
  origin === 'self' ? self : origin.replace(/^https:\/\//, '')
