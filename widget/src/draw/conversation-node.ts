import type { ErrorCode } from '@repartee/sdk/protocol'
import type { CommentNode } from '../contract.ts'
import { plural } from '../i18n/index.ts'
import { button } from './button.ts'
import { comment } from './comment-node.ts'
import { descendants } from './descendants.ts'
import type { Drawing } from './drawing.ts'
import { h, memo, type VNode } from './h.ts'
import { writing } from './island-place.ts'
import type { Open } from './opened.ts'
import { outbox } from './outbox-nodes.ts'

/** Replies deeper than this are not indented further: they stand in one list and name whom they answer. */
const INDENTS = 4

/** `_version` is here to draw again when something below opens or closes. */
const draw = (d: Drawing, node: CommentNode, answers: string | undefined, open: Open, _version: number): VNode => {
  const { view, messages, look, opened } = d
  const { id } = node.comment
  const flat = node.comment.depth >= INDENTS
  const below =
    answers !== undefined
      ? []
      : flat
        ? descendants(node).map((one) => conversation(d, one.node, one.parent.comment.author.name))
        : node.children.map((child) => conversation(d, child))
  return h(
    'li',
    { class: 'conversation' },
    memo(comment, [d, node, answers, open]),
    open.replying &&
      writing(d, (later, target) =>
        later.openComposer(target, later.shared, {
          parent: node.comment,
          focus: true,
          refused: open.refused,
          onclose: () => {
            opened.set(node.comment, { replying: false, refused: null })
            look.focusIn(id, '[data-reply]')
          },
          onrefused: (refused: ErrorCode) => opened.set(node.comment, { replying: true, refused }),
        }),
      ),
    (below.length > 0 || node.outbox.length > 0) &&
      h('ol', { class: 'replies', 'data-flat': flat }, below, outbox(d, node.outbox)),
    node.hiddenReplies > 0 &&
      button(
        'link more',
        () => look.reveal(() => view.loadReplies(id)),
        { part: 'more-replies', 'aria-busy': node.loadingReplies },
        node.loadingReplies ? messages.loading : plural(messages.moreReplies, node.hiddenReplies, d.lang),
      ),
  )
}

/** A comment with everything below it. `answers` names whom it answers in a list that is not indented; such a list has no lists below. */
export const conversation = (d: Drawing, node: CommentNode, answers?: string): VNode => {
  const { id, rootId } = node.comment
  return memo(draw, [d, node, answers, d.opened.of(id), d.opened.version(rootId)], id)
}
