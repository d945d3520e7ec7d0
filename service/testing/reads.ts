import { newId } from '@repartee/sdk/protocol'
import type { Store } from '../src/core/ports/store.ts'
import { BUSY_ROOT, filledId } from './fill.ts'

type Read = {
  readonly name: string
  /** The index that keeps its time independent of the thread's length. */
  readonly index: string
  /** `at` is a position in the thread, from 0 to 1. */
  run(store: Store, at: number): Promise<unknown>
}

/** Every read whose time must not depend on the length of the thread. */
export const reads = (siteId: string, threadId: string, comments: number): readonly Read[] => {
  const thread = { siteId, threadId }
  const seqAt = (at: number): number => Math.max(1, Math.floor(comments * at))
  const roots = (sort: 'newest' | 'oldest' | 'top', index: string): Read[] => {
    const last = { newest: () => 200, oldest: () => comments - 200, top: () => 0 }[sort]()
    const page = (after: Parameters<Store['comments']['roots']>[0]['after']) => (store: Store) =>
      store.comments.roots({ ...thread, sort, after, limit: 50 })
    return [
      { name: `${sort}, first page`, index, run: page(null) },
      {
        name: `${sort}, deep page`,
        index,
        run: (store, at) => page({ createdSeq: seqAt(at), score: Math.floor(at * 50) })(store),
      },
      { name: `${sort}, last page`, index, run: page({ createdSeq: sort === 'top' ? 200 : last, score: last }) },
    ]
  }
  return [
    ...roots('newest', 'comments_roots_ix'),
    ...roots('oldest', 'comments_roots_ix'),
    ...roots('top', 'comments_top_ix'),
    {
      name: 'replies of the busy root, first page',
      index: 'comments_replies_ix',
      run: (store) => store.comments.replies({ ...thread, rootId: filledId(BUSY_ROOT), after: 0, limit: 50 }),
    },
    {
      name: 'replies of the busy root, deep page',
      index: 'comments_replies_ix',
      run: (store, at) =>
        store.comments.replies({ ...thread, rootId: filledId(BUSY_ROOT), after: seqAt(at), limit: 50 }),
    },
    {
      name: 'first replies of 20 roots',
      index: 'comments_replies_ix',
      run: (store, at) => {
        const first = Math.floor(seqAt(at * 0.7) / 4) + 1
        const rootIds = [filledId(BUSY_ROOT), ...Array.from({ length: 19 }, (_, n) => filledId(4 * (first + n)))]
        return store.comments.firstReplies({ ...thread, rootIds, limit: 3 })
      },
    },
    {
      name: 'changes, 100 behind',
      index: 'comments_sync_ix',
      run: (store) => store.comments.changedSince({ ...thread, since: comments - 100, limit: 500 }),
    },
    {
      name: 'changes, somewhere',
      index: 'comments_sync_ix',
      run: (store, at) => store.comments.changedSince({ ...thread, since: seqAt(at * 0.4), limit: 500 }),
    },
    {
      // Depending on statistics, the key is found by its own index or among the author's comments.
      name: 'context of a new reply',
      index: 'comments_pkey',
      run: (store, at) =>
        store.comments.createContext({
          ...thread,
          authorId: filledId(seqAt(at) % 997),
          key: newId(),
          parentId: filledId(BUSY_ROOT),
          bodyDigest: 'none',
          duplicatesSinceAt: 0,
        }),
    },
    {
      name: 'one comment',
      index: 'comments_pkey',
      run: (store, at) => store.comments.find(siteId, threadId, filledId(seqAt(at))),
    },
    {
      name: 'pending of one author',
      index: 'comments_waiting_ix',
      run: (store) => store.comments.pendingByAuthor(siteId, threadId, filledId(7)),
    },
    {
      name: 'oldest pending of the site',
      index: 'comments_queue_ix',
      run: (store) => store.comments.pending(siteId, null, 1),
    },
    {
      name: 'what waits in all sites',
      index: 'comments_queue_ix',
      run: (store) => store.sites.queues(null, 500),
    },
  ]
}
