import type { OutboxEntry } from '../contract.ts'
import { avatar } from './avatar.ts'
import { button } from './button.ts'
import type { Drawing } from './drawing.ts'
import { h, type VNode } from './h.ts'
import { html } from './html.ts'
import { time } from './time.ts'

/** A comment of this reader that is not stored yet, or awaits approval. */
export const outboxItem = (d: Drawing, entry: OutboxEntry): VNode => {
  const { view, messages, look } = d
  const { key, state } = entry
  const retry = async (event: Event): Promise<void> => {
    const article = (event.target as Element).closest('article')
    view.retry(key)
    await look.settled()
    article?.focus()
  }
  const discard = (): void => {
    view.discard(key)
    look.focusComposer()
  }
  return h(
    'li',
    { class: 'conversation', key: `o-${key}` },
    h(
      'article',
      { class: 'comment', 'data-state': state, part: 'outbox', tabindex: -1, 'aria-labelledby': `a-${key} s-${key}` },
      avatar(view.reader),
      h(
        'header',
        { class: 'meta' },
        h('span', { class: 'author', id: `a-${key}`, dir: 'auto' }, view.reader?.name ?? messages.you),
        h('span', { class: 'time' }, time(d, entry.createdAt)),
      ),
      entry.html === null ? h('div', { class: 'body plain', dir: 'auto' }, entry.body) : html(entry.html),
      h(
        'p',
        { class: 'note', id: `s-${key}` },
        state === 'failed' ? d.errorText(entry.error ?? 'unavailable') : messages[state],
      ),
      state === 'failed' &&
        h(
          'div',
          { class: 'actions' },
          button('link', retry, {}, messages.retry),
          button('link', discard, {}, messages.discard),
        ),
    ),
  )
}
