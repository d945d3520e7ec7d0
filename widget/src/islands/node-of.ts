import type { CommentNode, ThreadView } from '../contract.ts'
import { descendants } from '../draw/descendants.ts'

/** A comment as it is drawn now, wherever it stands. */
export const nodeOf = (view: ThreadView, id: string): CommentNode | undefined =>
  (view.linked ? [...view.roots, view.linked] : view.roots)
    .flatMap((root) => [root, ...descendants(root).map(({ node }) => node)])
    .find((node) => node.comment.id === id)
