import type { OutboxEntry } from '../contract.ts'
import { plural } from '../i18n/index.ts'
import { button } from './button.ts'
import { composerSlot, type Slot } from './composer-slot.ts'
import { conversation } from './conversation-node.ts'
import type { Drawing } from './drawing.ts'
import { type Child, h, memo, type VNode } from './h.ts'
import { header } from './header.ts'
import type { Said } from './look.ts'
import { outbox } from './outbox-nodes.ts'

const skeleton = ({ messages }: Drawing): Child => {
  const one = (): VNode => h('div', { class: 'comment' }, h('span', { class: 'avatar' }), h('b'), h('i'))
  return [
    h('p', { class: 'sr' }, messages.loading),
    h('div', { class: 'skeleton', 'aria-hidden': true }, h('div', { class: 'stub' }), one(), one(), one()),
  ]
}

const failure = ({ view, messages, look }: Drawing, reason: string): VNode =>
  h(
    'div',
    { class: 'notice', part: 'notice' },
    h('p', {}, messages.loadFailed),
    h('p', { class: 'note' }, reason),
    button('quiet', () => view.retryLoad().catch(look.fail), {}, messages.retry),
  )

const notice = (text: string): VNode => h('p', { class: 'notice line', part: 'notice' }, text)

/** `_version` is here to draw again when something in a conversation opens or closes. */
const list = (
  d: Drawing,
  roots: Drawing['view']['roots'],
  entries: readonly OutboxEntry[],
  isOldestFirst: boolean,
  _version: number,
): VNode => {
  const own = outbox(d, entries)
  const others = roots.map((node) => conversation(d, node))
  return h('ol', { class: 'list', part: 'list' }, isOldestFirst ? [others, own] : [own, others])
}

const empty = ({ view, messages, canWrite }: Drawing): Child =>
  !view.closed &&
  h(
    'div',
    { class: 'notice', part: 'empty' },
    h('p', {}, messages.empty),
    canWrite && h('p', { class: 'note' }, messages.emptyHint),
  )

/** What changes the thread as a whole, beside the view. */
export type ThreadState = {
  readonly slot: Slot
  readonly said: Said
  /** Why the thread could not be loaded. */
  readonly reason: string
  putSlot(slot: Slot): void
}

const content = (d: Drawing, state: ThreadState): Child => {
  const { view, messages, look } = d
  const { roots, rootOutbox, linked } = view
  return [
    view.closed
      ? notice(messages.closed)
      : d.canWrite
        ? composerSlot(d, state.slot, state.putSlot)
        : notice(messages.membersOnly),
    view.newCount > 0 &&
      h(
        'div',
        { class: 'dock' },
        button(
          'pill',
          () => look.reveal(view.showNew),
          { part: 'pill' },
          plural(messages.newComments, view.newCount, d.lang),
        ),
      ),
    linked && [
      h('p', { class: 'note linked-title', id: 'linked' }, messages.linked),
      h('ol', { class: 'list aside', 'aria-labelledby': 'linked' }, conversation(d, linked)),
    ],
    roots.length === 0 && rootOutbox.length === 0 && !linked
      ? empty(d)
      : memo(list, [d, roots, rootOutbox, view.sort === 'oldest', d.opened.version()]),
    view.hasMore &&
      button(
        'quiet wide',
        () => look.reveal(view.loadMore),
        { part: 'load-more', 'aria-busy': view.loadingMore },
        view.loadingMore ? messages.loading : messages.loadMore,
      ),
  ]
}

const liveRegions = ({ view, messages }: Drawing, { text, isShown, failure }: Said): VNode =>
  h(
    'div',
    { class: 'toasts' },
    h(
      'div',
      { role: 'status' },
      h('p', { class: 'sr' }, view.announcement),
      h('p', { class: 'sr' }, view.stale && messages.stale),
      h('p', { class: 'toast', 'data-quiet': !isShown }, text),
    ),
    h('div', { role: 'alert' }, h('p', { class: 'toast danger' }, failure || view.alert)),
  )

/** The whole of a thread, with the live regions that tell of it. */
export const thread = (d: Drawing, state: ThreadState): VNode => {
  const { view, messages } = d
  return h(
    'section',
    {
      class: 'repartee',
      part: 'root',
      lang: d.lang,
      dir: d.dir,
      'aria-label': messages.title,
      'aria-busy': view.phase === 'loading',
    },
    header(d),
    view.phase === 'loading' && skeleton(d),
    view.phase === 'error' && failure(d, state.reason),
    view.phase === 'ready' && content(d, state),
    liveRegions(d, state.said),
  )
}
