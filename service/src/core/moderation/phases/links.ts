import type { Phase } from '../pipeline.ts'

/** The number of different pages a rendered comment links to. */
const countLinks = (html: string): number =>
  new Set(Array.from(html.matchAll(/<a href="(https?:[^"]*)"/g), ([, href]) => href)).size

/** Refuses a comment with more links than the site accepts. */
export const linksRefused: Phase = {
  name: 'links',
  evaluate: ({ html, settings }) =>
    countLinks(html) > settings.links.refuse ? { kind: 'refuse', code: 'too_many_links' } : null,
}

/** Holds a comment with more links than the site accepts without review. */
export const linksHeld: Phase = {
  name: 'links',
  evaluate: ({ html, settings }) => {
    const count = countLinks(html)
    return count > settings.links.hold ? { kind: 'store', status: 'pending', reason: `links: ${count}` } : null
  },
}
