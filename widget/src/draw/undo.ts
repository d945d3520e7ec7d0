import { button } from './button.ts'
import type { Drawing } from './drawing.ts'
import { h, type VNode } from './h.ts'

/** Take the focus, and when it would be lost with the button give it to the nearest comment. */
const holdFocus = (button: HTMLElement): (() => void) | undefined => {
  button.focus()
  const article = button.closest('article')
  const root = button.closest('section')
  if (!article || !root) return undefined
  const all = [...root.querySelectorAll('article')]
  const at = all.indexOf(article)
  const near = [article, ...all.slice(at + 1), ...all.slice(0, at).reverse()]
  let last: EventTarget | null = button
  const follow = (event: FocusEvent): void => {
    last = event.target
  }
  root.addEventListener('focusin', follow)
  return () => {
    root.removeEventListener('focusin', follow)
    // The button goes away under the focus when the time to undo is over: the next comment takes it.
    const outside = document.activeElement !== null && document.activeElement !== document.body
    const lost = last === button && (!outside || document.activeElement === (root.getRootNode() as ShadowRoot).host)
    if (lost) queueMicrotask(() => near.find((one) => one.isConnected)?.focus({ preventScroll: true }))
  }
}

/** What stands in the place of a comment while its deletion can be undone. */
export const undo = ({ view, messages, look }: Drawing, id: string, author: string): VNode =>
  h(
    'p',
    { class: 'undo', part: 'undo' },
    h('span', { id: `a-${id}`, hidden: true }, author),
    h('span', { id: `t-${id}` }, messages.removed),
    button(
      'link',
      () => {
        view.undoRemove(id)
        look.say(messages.restored)
      },
      { 'aria-describedby': `t-${id}`, use: holdFocus },
      messages.undo,
    ),
  )
