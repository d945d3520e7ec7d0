import type { Author } from '@repartee/sdk/protocol'
import { h, type VNode } from './h.ts'

/** A reader's picture: a disc with his initial, and over it his own picture if there is one. */
export const avatar = (author: Author | null): VNode => {
  // The random end of the id: the same author looks the same everywhere, without a request.
  const seed = author ? Number.parseInt(author.id.slice(-6), 16) || 0 : 0
  return h(
    'span',
    {
      class: 'avatar',
      'data-blank': !author,
      part: 'avatar',
      'aria-hidden': true,
      '--rp-hue': seed % 360,
    },
    h(
      'svg',
      { viewBox: '0 0 40 40', 'aria-hidden': true },
      h('path', {
        d: seed & 4096 ? 'M0 20h40v40H0z' : 'M40 40A28 28 0 0 1 0 40V20a20 20 0 0 1 40 0z',
        transform: `rotate(${(seed >> 4) % 360} 20 20)`,
      }),
      h(
        'text',
        { x: 20, y: 20, dy: '.36em', 'text-anchor': 'middle' },
        author && ([...author.name.trim()][0] ?? '').toLocaleUpperCase(),
      ),
    ),
    author?.avatar !== undefined &&
      h('img', { loading: 'lazy', referrerpolicy: 'no-referrer', alt: '', src: author.avatar }),
  )
}
