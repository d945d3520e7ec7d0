import type { CommentNode, OutboxEntry, ThreadView } from '../contract.ts'
import { descendants } from '../draw/descendants.ts'

const nodes = (view: ThreadView): CommentNode[] =>
  (view.linked ? [...view.roots, view.linked] : view.roots).flatMap((root) => [
    root,
    ...descendants(root).map(({ node }) => node),
  ])

/** A comment as it is drawn now, wherever it stands. */
export const nodeOf = (view: ThreadView, id: string): CommentNode | undefined =>
  nodes(view).find((node) => node.comment.id === id)

/** The reader's entries with this parent, as they are now. */
export const entriesOf = (view: ThreadView, parentId: string | null): readonly OutboxEntry[] =>
  (parentId === null ? undefined : nodeOf(view, parentId)?.outbox) ?? view.rootOutbox
