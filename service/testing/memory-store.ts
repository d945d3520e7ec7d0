import { newId, ReparteeError } from '@repartee/sdk/protocol'
import type { NewComment } from '../src/core/ports/comment-store.ts'
import type { Store } from '../src/core/ports/store.ts'
import type { ThreadState } from '../src/core/ports/thread-store.ts'
import type { WriteResult } from '../src/core/ports/write-result.ts'
import type { Site } from '../src/core/site.ts'
import { publicComment, type StoredComment } from '../src/core/stored-comment.ts'

type Thread = {
  state: ThreadState
  readonly rows: Map<string, StoredComment>
  readonly digests: Map<string, string>
}

const absent = (): Promise<never> => Promise.reject(new Error('not part of this store'))
const allAbsent = new Proxy({}, { get: () => absent }) as never

/**
 * A store in memory, simple enough to serve as the oracle. Every change is atomic, with `latency` before and after it.
 * It keeps every state that was ever committed.
 */
export const createMemoryStore = (o: { site: Site; latency?: () => Promise<void> }) => {
  const latency = o.latency ?? (async () => undefined)
  const threads = new Map<string, Thread>()
  /** Every committed state of every row, by id and seq. */
  const committed = new Map<string, StoredComment>()
  let epoch = newId()
  let down = false
  let site = o.site

  const run = async <T>(work: () => T): Promise<T> => {
    await latency()
    if (down) throw new ReparteeError('unavailable')
    const result = work()
    await latency()
    return result
  }

  const open = (id: string): void => {
    const state = { id, page: `/${id}`, url: '', title: '', closed: false, head: 0, commentCount: 0, stateSeq: 0 }
    threads.set(id, { state, rows: new Map(), digests: new Map() })
  }

  /** Number of listed replies: all below a root, the direct ones of a reply. */
  const repliesOf = (thread: Thread, id: string): number =>
    [...thread.rows.values()].filter((row) => row.listed && row.id !== id && (row.rootId === id || row.parentId === id))
      .length

  const counted = (thread: Thread, row: StoredComment): StoredComment => ({
    ...row,
    replyCount: repliesOf(thread, row.id),
  })

  const commit = (thread: Thread, changed: readonly StoredComment[], closed?: boolean): WriteResult => {
    const from = thread.state.head
    const to = from + Math.max(1, changed.length)
    changed.forEach((row, i) => {
      const createdSeq = row.createdSeq === 0 ? from + 1 + i : row.createdSeq
      const seq = from + 1 + i
      thread.rows.set(row.id, { ...row, seq, createdSeq, published: row.published || row.listed })
    })
    const commentCount = [...thread.rows.values()].filter((row) => row.listed && row.deletedAt === null).length
    thread.state = {
      ...thread.state,
      head: to,
      commentCount,
      ...(closed !== undefined && { closed, stateSeq: to }),
    }
    const comments = changed.map((row) => counted(thread, thread.rows.get(row.id) ?? row))
    for (const row of comments) committed.set(`${row.id} ${row.seq}`, row)
    const above = new Set(comments.flatMap((row) => (row.parentId === null ? [] : [row.parentId, row.rootId])))
    return {
      from,
      to,
      comments,
      commentCount,
      replyCounts: Object.fromEntries([...above].map((id) => [id, repliesOf(thread, id)])),
      ...(closed !== undefined && { closed }),
    }
  }

  const change = (
    q: { threadId: string; id: string },
    next: (row: StoredComment, thread: Thread) => StoredComment | null,
  ): Promise<WriteResult | null> =>
    run(() => {
      const thread = threads.get(q.threadId)
      const row = thread?.rows.get(q.id)
      const changed = thread && row && next(row, thread)
      return thread && changed ? commit(thread, [changed]) : null
    })

  const toRow = (threadId: string, c: NewComment): StoredComment => ({
    ...c,
    threadId,
    seq: 0,
    createdSeq: 0,
    score: 0,
    reactions: {},
    replyCount: 0,
    pinned: false,
    listed: c.status === 'approved',
    published: false,
    editedAt: null,
    deletedAt: null,
  })

  const store: Store = {
    epoch: () => run(() => epoch),
    sites: {
      findByKey: (key) => run(() => (key === site.publicKey ? site : null)),
      list: absent,
      create: absent,
      update: absent,
      listOwned: absent,
      setDeletesAt: absent,
      queues: absent,
    },
    threads: {
      find: (siteId, id) => run(() => (siteId === o.site.id ? (threads.get(id)?.state ?? null) : null)),
      findByPage: absent,
      open: absent,
      setClosed: (_, id, closed) =>
        run(() => {
          const thread = threads.get(id)
          if (thread === undefined) return null
          commit(thread, [], closed)
          return thread.state
        }),
      counts: absent,
      heads: (refs) =>
        run(() =>
          refs.flatMap((ref) => {
            const head = threads.get(ref.threadId)?.state.head
            return head === undefined ? [] : [{ ...ref, head }]
          }),
        ),
    },
    comments: {
      find: (_, threadId, id) => run(() => threads.get(threadId)?.rows.get(id) ?? null),
      ancestors: absent,
      roots: absent,
      firstReplies: absent,
      replies: absent,
      changedSince: ({ threadId, since, limit }) =>
        run(() => {
          const thread = threads.get(threadId)
          if (thread === undefined) return []
          const rows = [...thread.rows.values()].filter((row) => row.seq > since).sort((a, b) => a.seq - b.seq)
          return rows.slice(0, limit).map((row) => counted(thread, row))
        }),
      replyCounts: (_, threadId, ids) =>
        run(() => {
          const thread = threads.get(threadId)
          return Object.fromEntries(ids.map((id) => [id, thread === undefined ? 0 : repliesOf(thread, id)]))
        }),
      pendingByAuthor: absent,
      pending: absent,
      createContext: ({ threadId, authorId, key, parentId }) =>
        run(() => {
          const thread = threads.get(threadId)
          const id = [...(thread?.digests.keys() ?? [])].find((entry) => entry.startsWith(`${authorId} ${key} `))
          const comment = id === undefined ? undefined : thread?.rows.get(id.split(' ')[2] ?? '')
          return {
            thread: thread?.state ?? null,
            author: { id: authorId, name: 'Ann', role: 'guest' },
            existing:
              comment === undefined || id === undefined ? null : { comment, keyDigest: thread?.digests.get(id) ?? '' },
            parent: (parentId === null ? null : thread?.rows.get(parentId)) ?? null,
            duplicateOf: null,
            approvedCount: 1,
          }
        }),
      insert: (_, threadId, comments) =>
        run(() => {
          const thread = threads.get(threadId)
          if (thread === undefined || thread.state.closed) return null
          const fits = comments.filter((c) => {
            const parent = c.parentId === null ? null : thread.rows.get(c.parentId)
            return parent === null || (parent?.listed && parent.deletedAt === null)
          })
          for (const c of fits) thread.digests.set(`${c.authorId} ${c.key} ${c.id}`, c.keyDigest)
          return fits.length === 0
            ? null
            : commit(
                thread,
                fits.map((c) => toRow(threadId, c)),
              )
        }),
      edit: (q) =>
        change(q, (row) => (row.deletedAt === null ? { ...row, body: q.body, html: q.html, editedAt: q.nowAt } : null)),
      remove: (q) =>
        change(q, (row, thread) =>
          row.deletedAt === null
            ? {
                ...row,
                body: '',
                html: '',
                deletedAt: q.nowAt,
                listed: row.listed && repliesOf(thread, row.id) > 0,
              }
            : null,
        ),
      review: (q) =>
        change(q, (row) =>
          row.deletedAt === null && row.status !== q.status
            ? { ...row, status: q.status, listed: q.status === 'approved' }
            : null,
        ),
    },
    reactions: {
      set: ({ threadId, commentId, kind, on }) =>
        change({ threadId, id: commentId }, (row) => {
          if (!row.listed || row.deletedAt !== null) return null
          const { [kind]: had = 0, ...others } = row.reactions
          return { ...row, reactions: on ? { ...others, [kind]: had + 1 } : others }
        }),
      byAuthor: async () => ({}),
    },
    authors: {
      create: absent,
      find: (_, id) => run(() => ({ id, name: 'Ann', role: 'guest' })),
      rename: absent,
    },
    siteData: allAbsent,
    accounts: allAbsent,
    accountSessions: allAbsent,
    passkeys: allAbsent,
    credentials: { create: absent, find: absent, rotate: absent, revoke: absent },
    mail: {
      add: absent,
      claim: absent,
      sent: absent,
      failed: absent,
      find: absent,
      listFailed: absent,
      retry: absent,
      backlog: absent,
    },
    sealed: {
      nextKeyId: absent,
      count: absent,
      page: absent,
      replace: absent,
      findSecret: absent,
      keepSecret: absent,
    },
    installations: allAbsent,
  }

  return {
    store,
    open,
    committed,
    /** A consistent view of what readers see of a thread. */
    view(threadId: string) {
      const thread = threads.get(threadId)
      if (thread === undefined) throw new Error(`no thread ${threadId}`)
      const rows = [...thread.rows.values()].filter((row) => row.listed).map((row) => counted(thread, row))
      return { ...thread.state, epoch, comments: rows.map(publicComment) }
    },
    rows: (threadId: string) => [...(threads.get(threadId)?.rows.values() ?? [])],
    /** Replace the site, as when its owner changes the settings. */
    setSite(value: Site) {
      site = value
    },
    setDown(value: boolean) {
      down = value
    },
    /** Discard the changes after `head`, as if an older backup had been restored. */
    restore(threadId: string, head: number, keepEpoch = false) {
      const thread = threads.get(threadId)
      if (thread === undefined) return
      for (const row of [...thread.rows.values()]) if (row.seq > head) thread.rows.delete(row.id)
      const commentCount = [...thread.rows.values()].filter((row) => row.listed).length
      thread.state = { ...thread.state, head, commentCount }
      if (!keepEpoch) epoch = newId()
    },
  }
}
export type MemoryStore = ReturnType<typeof createMemoryStore>
