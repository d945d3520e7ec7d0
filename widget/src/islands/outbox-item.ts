import type { OutboxEntry } from '../contract.ts'
import { avatar } from '../draw/avatar.ts'
import { button } from '../draw/button.ts'
import { h, type VNode } from '../draw/h.ts'
import { html } from '../draw/html.ts'
import { createRoot } from '../draw/root.ts'
import { time } from '../draw/time.ts'
import { isRetryable } from '../state/outbox-entry.ts'
import { entriesOf } from './node-of.ts'
import { adoptIslands, type Shared } from './open-island.ts'

const draw = ({ ui, look, texts }: Shared, entry: OutboxEntry): VNode => {
  const { view } = ui
  const messages = { ...ui.messages, ...texts }
  const { key, state, error } = entry
  const isKept = isRetryable(entry) || (state === 'sending' && view.stale)
  const retry = async ({ target }: Event): Promise<void> => {
    const article = (target as Element).closest('article')
    view.retry(key)
    await look.settled()
    article?.focus()
  }
  const discard = (): void => {
    view.discard(key)
    look.focusComposer()
  }
  return h(
    'article',
    {
      class: 'comment',
      'data-state': isKept ? 'kept' : state,
      part: 'outbox',
      tabindex: -1,
      'aria-labelledby': `a-${key} s-${key}`,
    },
    avatar(view.reader),
    h(
      'header',
      { class: 'meta' },
      h('span', { class: 'author', id: `a-${key}`, dir: 'auto' }, view.reader?.name ?? messages.you),
      h('span', { class: 'time' }, time(ui, entry.createdAt)),
    ),
    entry.html === null ? h('div', { class: 'body plain', dir: 'auto' }, entry.body) : html(entry.html),
    h(
      'p',
      { class: 'note', id: `s-${key}` },
      isKept ? messages.kept : state === 'failed' ? messages.errors[error ?? 'internal'] : messages[state],
    ),
    state === 'failed' &&
      h(
        'div',
        { class: 'actions' },
        button('link', retry, {}, messages.retry),
        button('link', discard, {}, messages.discard),
      ),
  )
}

/** Show a comment of this reader that is not stored yet, or awaits approval. Returns how to take it away. */
export const openOutboxItem = (target: HTMLElement, shared: Shared, props: { entry: OutboxEntry }): (() => void) => {
  const { view, subscribe } = shared.ui
  let { entry } = props
  adoptIslands(target)
  const root = createRoot(target, () => {
    // What has just left the outbox is still here for a moment.
    entry = entriesOf(view, entry.parentId).find(({ key }) => key === entry.key) ?? entry
    return draw(shared, entry)
  })
  const stop = subscribe(root.redraw)
  root.redraw()
  return () => {
    stop()
    root.end()
  }
}
