import { type Changes, ReparteeError } from '@repartee/sdk/protocol'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { Store } from '../ports/store.ts'
import type { ThreadRef } from '../ports/thread-store.ts'
import { toChange } from './to-delta.ts'

/** The most changes in one response. */
export const MAX_CHANGES = 500

/** The public changes of a thread after `since`, at most 500, or `reload` if the position is not of this history. */
export const readChanges = async (
  store: Pick<Store, 'threads' | 'comments' | 'epoch'>,
  ref: ThreadRef,
  position: { since: number; epoch?: string | undefined },
): Promise<Changes> => {
  const { siteId, threadId } = ref
  const { since } = position
  const [epoch, thread] = await Promise.all([store.epoch(), store.threads.find(siteId, threadId)])
  if (thread === null) throw new ReparteeError('thread_not_found')
  if ((position.epoch !== undefined && position.epoch !== epoch) || since > thread.head) return { reload: true }

  const rows =
    since === thread.head ? [] : await store.comments.changedSince({ siteId, threadId, since, limit: MAX_CHANGES })
  const to = rows.length < MAX_CHANGES ? thread.head : Math.min(thread.head, rows.at(-1)?.seq ?? thread.head)
  // `to` stays at the head read first, because a later close is not among the rows. Rows changed after it are still sent:
  // the delta that follows may have only their new reactions.
  const changes = rows.map(toChange).filter((change) => change !== null)
  if (thread.stateSeq > since && thread.stateSeq <= to) {
    changes.push({ type: 'thread', seq: thread.stateSeq, closed: thread.closed })
    changes.sort((a, b) => a.seq - b.seq)
  }
  const above = new Set(rows.flatMap((row) => (row.parentId === null ? [] : [row.parentId, row.rootId])))
  const counted = above.size === 0 ? {} : await store.comments.replyCounts(siteId, threadId, [...above])
  const replyCounts = Object.fromEntries([...above].map((id) => [id, counted[id] ?? 0]))
  return {
    from: since,
    to,
    changes,
    commentCount: thread.commentCount,
    replyCounts,
    head: thread.head,
    epoch,
  }
}

/** What changed in a thread after a position. */
export const changes = async (
  deps: Pick<Deps, 'store'>,
  actor: Actor,
  input: { thread: string; since: number; epoch?: string | undefined },
): Promise<Changes> => readChanges(deps.store, { siteId: actor.site.id, threadId: input.thread }, input)
