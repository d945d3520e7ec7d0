import type { Bus } from '../core/ports/bus.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Store } from '../core/ports/store.ts'
import type { ThreadRef, ThreadState } from '../core/ports/thread-store.ts'
import type { Ring } from './ring.ts'
import { topicOf } from './topic.ts'

/** By then the clients of a reconnect storm are back, and a sweep has checked whether the feed missed anything. */
const TTL_MS = 15_000

export type ThreadRead = {
  readonly epoch: string
  /** `null` when there is no such thread. */
  readonly state: Pick<ThreadState, 'head' | 'commentCount' | 'closed'> | null
}

/** The state of one thread as the database has it, for all subscribers of a node. */
export type ThreadReads = {
  /**
   * Read once for all who ask at the same time. The answer is kept up to date from the feed for a while, so that clients
   * that reconnect together do not all read the database.
   */
  read(): Promise<ThreadRead>
  /** Messages may have been missed: nothing read so far is used again. */
  forget(): void
}

/** Make reads of a thread with nothing kept. */
export const createThreadReads = (o: {
  ref: ThreadRef
  store: Pick<Store, 'threads' | 'epoch'>
  /** The position of the feed; `null` while it has none. */
  head: () => number | null
  /** The changes that the feed has sent. */
  ring: Pick<Ring, 'since'>
  bus: Pick<Bus, 'listening' | 'degraded'>
  metrics: Metrics
  now: Clock
}): ThreadReads => {
  let cached: { read: ThreadRead; readonly readAt: number } | null = null
  let shared: Promise<ThreadRead> | null = null
  /** Settles when the last read has ended: there is one at a time. */
  let last: Promise<unknown> = Promise.resolve()

  /** What was read, brought up to `head`; `null` when it is too old or the changes since are not all at hand. */
  const current = (): ThreadRead | null => {
    const head = o.head()
    if (cached === null || head === null || o.bus.degraded() || o.now() - cached.readAt >= TTL_MS) return null
    const { epoch, state } = cached.read
    if (state === null || head <= state.head) return state === null ? null : cached.read
    const since = o.ring.since(state.head)
    if (since === null) return null
    const closing = since.changes.findLast((change) => change.type === 'thread')
    const next = { head: since.to, commentCount: since.commentCount, closed: closing?.closed ?? state.closed }
    cached.read = { epoch, state: next }
    return cached.read
  }

  const readStore = async (isCurrent: () => boolean): Promise<ThreadRead> => {
    // Otherwise what other nodes commit between this read and their first message would be in neither.
    await o.bus.listening(topicOf(o.ref))
    o.metrics.count('thread_reads', { what: 'state' })
    const readAt = o.now()
    const [epoch, state] = await Promise.all([o.store.epoch(), o.store.threads.find(o.ref.siteId, o.ref.threadId)])
    const read = { epoch, state }
    if (isCurrent()) cached = { read, readAt }
    return read
  }

  const start = (): Promise<ThreadRead> => {
    const read: Promise<ThreadRead> = last
      .then(() => readStore(() => shared === read))
      .finally(() => {
        if (shared === read) shared = null
      })
    last = read.catch(() => undefined)
    return read
  }

  return {
    read() {
      const read = current()
      if (read !== null) return Promise.resolve(read)
      shared ??= start()
      return shared
    },
    forget() {
      cached = null
      shared = null
    },
  }
}
