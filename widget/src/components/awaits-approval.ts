import type { OutboxEntry, ThreadView } from '../contract.ts'
import { descendants } from './descendants.ts'

/** Whether what was just sent is stored but not visible to others yet. */
export const awaitsApproval = (view: ThreadView, parentId: string | null, body: string): boolean => {
  const trees = view.linked ? [...view.roots, view.linked] : view.roots
  const nodes = parentId === null ? [] : trees.flatMap((root) => [root, ...descendants(root).map(({ node }) => node)])
  const entries: readonly OutboxEntry[] =
    parentId === null ? view.rootOutbox : (nodes.find((node) => node.comment.id === parentId)?.outbox ?? [])
  return entries.some((entry) => entry.state === 'pending' && entry.body === body)
}
