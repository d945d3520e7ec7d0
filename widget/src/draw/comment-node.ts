import type { CommentNode } from '../contract.ts'
import { format } from '../i18n/index.ts'
import { actions } from './actions.ts'
import { avatar } from './avatar.ts'
import type { Drawing } from './drawing.ts'
import { type Child, h, type VNode } from './h.ts'
import { html } from './html.ts'
import { island, writing } from './island-place.ts'
import type { Open } from './opened.ts'
import { time } from './time.ts'

const said = (d: Drawing, node: CommentNode, open: Open): Child => {
  const { comment } = node
  const { id } = comment
  if (open.editing)
    return writing(d, (later, target) =>
      later.openEditForm(target, later.shared, {
        id,
        onclose: () => {
          d.opened.set(comment, { editing: false })
          d.look.focusIn(id, '[data-more]')
        },
      }),
    )
  return [
    html(comment.html),
    comment.status === 'pending' && h('p', { class: 'note' }, d.messages.pending),
    actions(d, node, open),
  ]
}

/** One comment; `answers` names the author it replies to where the place does not show that. */
export const comment = (d: Drawing, node: CommentNode, answers: string | undefined, open: Open): VNode => {
  const { messages } = d
  const { comment } = node
  const { id, author } = comment
  const deleted = comment.deletedAt !== undefined
  const role = author.role && messages.roles[author.role]
  const badge = (text: string, more = ''): VNode => h('span', { class: `badge${more}` }, text)
  return h(
    'article',
    {
      class: 'comment',
      'data-own': node.own,
      'data-fresh': node.fresh,
      'data-linked': d.linkedId === id,
      part: 'comment',
      id: `c-${id}`,
      tabindex: -1,
      'aria-labelledby': `a-${id} t-${id}`,
    },
    node.leaving
      ? island(d, (later, target) => later.openUndo(target, later.shared, { id, author: author.name }))
      : [
          avatar(deleted ? null : author),
          h(
            'header',
            { class: 'meta' },
            deleted
              ? h('span', { class: 'gone', id: `a-${id}` }, messages.deletedComment)
              : [
                  h('span', { class: 'author', part: 'author', id: `a-${id}`, dir: 'auto' }, author.name),
                  node.own && badge(messages.you),
                  role !== undefined && h('span', { class: 'badge role', part: 'role' }, role),
                ],
            h(
              'a',
              { class: 'time', part: 'time', id: `t-${id}`, href: d.view.permalink(id) },
              time(d, comment.createdAt),
            ),
            comment.editedAt !== undefined && !deleted && badge(messages.edited),
            comment.pinned && badge(messages.pinned, ' role'),
          ),
          answers !== undefined && h('p', { class: 'answers' }, format(messages.replyingTo, { name: answers })),
          !deleted && said(d, node, open),
        ],
  )
}
