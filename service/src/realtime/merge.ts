import type { Change, Delta } from '@repartee/sdk/protocol'

/** The earlier changes that a change makes obsolete; the first is its own key. */
const supersedes = (change: Change): readonly string[] => {
  switch (change.type) {
    case 'comment':
      return [`comment ${change.comment.id}`, `reactions ${change.comment.id}`]
    case 'comment.gone':
      return [`comment ${change.id}`, `reactions ${change.id}`]
    case 'reactions':
      return [`reactions ${change.id}`]
    case 'thread':
      return ['thread']
  }
}

/** Merge two consecutive deltas into one that holds only the last state of each thing. */
export const mergeDeltas = (first: Delta, second: Delta): Delta => {
  const latest = new Map<string, Change>()
  for (const change of [...first.changes, ...second.changes]) {
    const [key = '', ...others] = supersedes(change)
    for (const other of others) latest.delete(other)
    // Deleted first, so that the map stays in the order of `seq`.
    latest.delete(key)
    latest.set(key, change)
  }
  return {
    thread: first.thread,
    from: Math.min(first.from, second.from),
    to: Math.max(first.to, second.to),
    changes: [...latest.values()],
    commentCount: second.commentCount,
    replyCounts: { ...first.replyCounts, ...second.replyCounts },
  }
}
