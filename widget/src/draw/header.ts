import { format, plural } from '../i18n/index.ts'
import { sorts } from '../sorts.ts'
import { button } from './button.ts'
import type { Drawing } from './drawing.ts'
import { h, type VNode } from './h.ts'

const sortMenu = ({ view, messages, look }: Drawing): VNode =>
  h(
    'div',
    { class: 'sort', part: 'sort', role: 'group', 'aria-label': messages.sort },
    sorts.map((order) =>
      button(
        'link',
        () => view.setSort(order).catch(look.fail),
        { 'aria-pressed': view.sort === order },
        messages.sorts[order],
      ),
    ),
  )

const typing = ({ view, messages }: Drawing): string => {
  const [a, b, ...more] = view.presence.typing
  if (a === undefined) return ''
  if (b === undefined) return format(messages.typingOne, { a })
  return more.length > 0 ? messages.typingMany : format(messages.typingTwo, { a, b })
}

const statusLine = (d: Drawing): VNode => {
  const { view, messages } = d
  const { count } = view.presence
  const who = typing(d)
  return h(
    'p',
    { class: 'status', part: 'status' },
    view.stale || view.connection === 'waiting'
      ? [h('span', { class: 'dot off' }), view.stale ? messages.stale : messages.offline]
      : [
          count > 1 && [h('span', { class: 'dot' }), plural(messages.reading, count, d.lang)],
          who ? h('span', { class: 'typing' }, who) : view.connection === 'polling' && h('span', {}, messages.polling),
        ],
  )
}

/** Title and number of comments, their order, and who is here. */
export const header = (d: Drawing): VNode => {
  const { view, messages } = d
  const ready = view.phase === 'ready'
  return h(
    'header',
    { class: 'head', part: 'header' },
    h(
      'h2',
      { part: 'title' },
      ready && view.commentCount > 0 ? plural(messages.comments, view.commentCount, d.lang) : messages.title,
    ),
    ready && view.roots.length > 0 && sortMenu(d),
    statusLine(d),
  )
}
