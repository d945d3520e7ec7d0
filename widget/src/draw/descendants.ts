import type { CommentNode } from '../contract.ts'

/** A comment below another, with the comment it answers. */
export type Descendant = { readonly node: CommentNode; readonly parent: CommentNode }

/**
 * Everything below a comment as one list, each reply right after what it answers. Iterative: a conversation may be
 * thousands of replies deep.
 */
export const descendants = (root: CommentNode): Descendant[] => {
  const found: Descendant[] = []
  const waiting: Descendant[] = []
  const push = (parent: CommentNode): void => {
    for (let i = parent.children.length - 1; i >= 0; i -= 1) {
      const node = parent.children[i]
      if (node) waiting.push({ node, parent })
    }
  }
  push(root)
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    found.push(next)
    push(next.node)
  }
  return found
}
