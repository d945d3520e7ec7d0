import type { Phase } from '../pipeline.ts'

/** How many different web pages the rendered comment links to. */
const countLinks = (html: string): number =>
  new Set(Array.from(html.matchAll(/<a href="(https?:[^"]*)"/g), ([, href]) => href)).size

/** Refuses more links than the site ever takes. */
export const linksRefused: Phase = {
  name: 'links',
  judge: ({ html, settings }) =>
    countLinks(html) > settings.links.refuse ? { kind: 'refuse', code: 'too_many_links' } : null,
}

/** Holds more links than the site takes unseen. */
export const linksHeld: Phase = {
  name: 'links',
  judge: ({ html, settings }) => {
    const count = countLinks(html)
    return count > settings.links.hold ? { kind: 'store', status: 'pending', reason: `links: ${count}` } : null
  },
}
