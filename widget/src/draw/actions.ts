import type { CommentNode } from '../contract.ts'
import { button } from './button.ts'
import type { Drawing } from './drawing.ts'
import { h, type VNode } from './h.ts'
import { icon } from './icon.ts'
import { island } from './island-place.ts'
import type { Open } from './opened.ts'
import { chosenKinds, glyphOf } from './reaction-kinds.ts'
import { MORE, REACT } from './thread-icons.ts'

/** The row below a comment: reply, the reactions given, and the buttons that open the picker and the menu. */
export const actions = (d: Drawing, node: CommentNode, { replying, popover }: Open): VNode => {
  const { view, messages, look, opened } = d
  const { comment } = node
  const { id, reactions } = comment
  const describedBy = { 'aria-describedby': `a-${id}` }

  const show = (what: Open['popover']): void => opened.set(comment, { popover: what })

  const close = (back = false): void => {
    const { popover: open } = opened.of(id)
    if (back) look.focusIn(id, open === 'menu' ? '[data-more]' : '[data-react]')
    show('')
  }

  const react = async (kind: string): Promise<void> => {
    if (!view.reader && view.site?.guests) {
      opened.set(comment, { popover: 'name', wanted: kind })
      return
    }
    if (opened.of(id).popover) close(true)
    await view.toggleReaction(id, kind).catch(look.fail)
  }

  const opener = (what: 'picker' | 'menu', mark: string, label: string, path: string): VNode =>
    h(
      'span',
      { class: 'anchor' },
      button(
        'tool',
        () => show(opened.of(id).popover === what ? '' : what),
        { [mark]: true, 'aria-label': label, ...describedBy, 'aria-expanded': popover === what },
        icon(path),
      ),
      popover === what &&
        island(d, (later, target) =>
          what === 'menu'
            ? later.openMenu(target, later.shared, {
                id,
                onclose: close,
                onedit: () => opened.set(comment, { editing: true }),
              })
            : later.openPicker(target, later.shared, { id, onclose: close, onpick: react }),
        ),
    )

  return h(
    'div',
    { class: 'actions', part: 'actions' },
    !view.closed &&
      d.canWrite &&
      button(
        'link',
        () => opened.set(comment, { replying: !opened.of(id).replying }),
        { part: 'reply-button', 'data-reply': true, 'aria-expanded': replying, ...describedBy },
        messages.reply,
      ),
    chosenKinds(view.site?.reactions ?? [], reactions).map((kind) =>
      button(
        'chip',
        () => react(kind),
        {
          key: `r-${kind}`,
          part: 'reaction',
          'aria-pressed': node.mine.includes(kind),
          'aria-label': `${messages.reactions[kind] ?? kind}: ${reactions[kind]}`,
        },
        h('span', { 'data-glyph': glyphOf(kind) ?? undefined }, glyphOf(kind) ?? kind),
        ` ${reactions[kind]}`,
      ),
    ),
    opener('picker', 'data-react', messages.react, REACT),
    opener('menu', 'data-more', messages.more, MORE),
    popover === 'name' &&
      island(d, (later, target) =>
        later.openNameForm(target, later.shared, { onclose: close, onnamed: () => react(opened.of(id).wanted) }),
      ),
  )
}
