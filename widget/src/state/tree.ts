import type { Comment, Sort } from '@repartee/sdk/protocol'
import type { CommentNode, OutboxEntry } from '../contract.ts'
import type { Content } from './view-store.ts'

export type Tree = {
  readonly roots: readonly CommentNode[]
  readonly linked: CommentNode | null
  /** Entries of new roots, and replies whose parent is not drawn: nothing that the reader wrote disappears. */
  readonly rootOutbox: readonly OutboxEntry[]
}

const none: readonly never[] = []

const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i])

const sameValue = (a: unknown, b: unknown): boolean =>
  a === b || (Array.isArray(a) && Array.isArray(b) && sameList(a, b))

const byRank = (sort: Sort): ((a: Comment, b: Comment) => number) => {
  const direction = sort === 'top' ? 0 : sort === 'newest' ? -1 : 1
  return (a, b) => Number(b.pinned) - Number(a.pinned) || direction * (a.createdSeq - b.createdSeq)
}

/**
 * Builds the tree to draw. A node that says the same as last time is the same object, so that only what changed is
 * drawn again.
 */
export const createTree = (): ((content: Content, now: number) => Tree) => {
  let before = new Map<string, CommentNode>()
  let last: Tree = { roots: none, linked: null, rootOutbox: none }

  return (content, now) => {
    const { queued, unconfirmed, unloaded, pendingReactions, fullyLoaded, outbox, linkedRoot } = content
    const { rows } = content.serverState
    const after = new Map<string, CommentNode>()
    const repliesOf = new Map<string, Comment[]>()
    const knownReplies = new Map<string, number>()

    const isHidden = (id: string): boolean => queued.has(id) || unconfirmed.has(id) || unloaded.has(id)
    const visible = (id: string): Comment | null => rows.get(id)?.comment ?? null

    /** The nearest ancestor that is known. A parent may be gone, or not loaded. */
    const drawnParentOf = ({ parentId, rootId }: Comment): string => {
      for (let id = parentId; id !== null; id = rows.get(id)?.parentId ?? null) if (visible(id)) return id
      return rootId
    }

    for (const { comment } of rows.values()) {
      if (!comment || comment.parentId === null) continue
      if (!comment.deletedAt && !unloaded.has(comment.id))
        knownReplies.set(comment.rootId, (knownReplies.get(comment.rootId) ?? 0) + 1)
      if (isHidden(comment.id)) continue
      const parent = drawnParentOf(comment)
      const siblings = repliesOf.get(parent)
      if (siblings) siblings.push(comment)
      else repliesOf.set(parent, [comment])
    }

    const nodeOf = (stored: Comment): CommentNode => {
      const { id } = stored
      const choice = pendingReactions.get(id)
      const own = stored.author.id === content.reader?.id
      const isRoot = stored.parentId === null
      const previous = before.get(id)
      const hidden = isRoot && !fullyLoaded.has(id) ? Math.max(0, stored.replyCount - (knownReplies.get(id) ?? 0)) : 0
      const comment = !choice
        ? stored
        : previous?.comment.seq === stored.seq && previous.comment.reactions === choice.reactions
          ? previous.comment
          : { ...stored, reactions: choice.reactions }
      const next: CommentNode = {
        comment,
        children: (repliesOf.get(id) ?? []).sort((a, b) => a.createdSeq - b.createdSeq).map(nodeOf),
        mine: choice?.mine ?? content.ownReactions.get(id) ?? none,
        own,
        editable: own && !stored.deletedAt && now < stored.createdAt + (content.site?.editWindowMs ?? 0),
        fresh: content.fresh.has(id),
        leaving: content.leaving.has(id),
        outbox: outbox.filter((entry) => entry.parentId === id),
        hiddenReplies: hidden,
        loadingReplies: isRoot && content.loadingReplies.has(id),
      }
      const keys = Object.keys(next) as (keyof CommentNode)[]
      const result = previous && keys.every((key) => sameValue(previous[key], next[key])) ? previous : next
      after.set(id, result)
      return result
    }

    const rootNode = (id: string): CommentNode[] => {
      const comment = isHidden(id) ? null : visible(id)
      return comment ? [nodeOf(comment)] : []
    }

    const rank = byRank(content.sort)
    const roots = content.shownRoots.flatMap(rootNode).sort((a, b) => rank(a.comment, b.comment))
    const linked = (linkedRoot !== null && rootNode(linkedRoot)[0]) || null
    const rootOutbox = outbox.filter(({ parentId }) => parentId === null || !after.has(parentId))
    before = after
    last = {
      roots: sameList(roots, last.roots) ? last.roots : roots,
      linked,
      rootOutbox: sameList(rootOutbox, last.rootOutbox) ? last.rootOutbox : rootOutbox,
    }
    return last
  }
}
