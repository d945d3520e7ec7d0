import { LinkifyIt } from 'linkify-it'

const linkifier = new LinkifyIt({
  fuzzyLink: true,
  fuzzyEmail: true,
  fuzzyIP: true,
  urlAuth: true,
  tlds: ['com', 'example', 'org', 'vn', 'xn--r8jz45g'],
})

/** The links that a program finds in a plain text, as mail programs do. */
export const findLinks = (text: string): string[] => (linkifier.match(text) ?? []).map(({ url }) => url)
