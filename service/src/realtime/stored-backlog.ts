import type { Clock } from '../core/ports/clock.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Store } from '../core/ports/store.ts'
import type { ThreadRef } from '../core/ports/thread-store.ts'
import { readChanges } from '../core/threads/changes.ts'
import { type DeltaFrame, lengthOf, MAX_BACKLOG_LENGTH, type StoredChanges, storedFrame } from './frame.ts'
import { createFrameCache, type FrameCache } from './frame-cache.ts'

/** Positions are rounded down to a multiple of this: clients cut off together are close, and share one read. */
const POSITION_STEP = 32
/** The length of a reconnect storm. */
const TTL_MS = 15_000
const MAX_CACHED = 16

/** What the store has after a position. */
export type StoredBacklog = { readonly head: number; readonly to: number; readonly frame: DeltaFrame }

/** Backlogs of one thread that reach further back than its ring. */
export type StoredBacklogs = {
  /**
   * Read what is after `v`, shared by all clients that come back from about there; `null` when the position is not valid
   * or too much follows it.
   */
  read(v: number): Promise<StoredBacklog | null>
  /** Messages may have been missed: nothing read so far is used again. */
  forget(): void
}

/** `null` when the position is not valid; `too-long` when it is more than a client from any position near it is sent. */
type Read = StoredChanges | 'too-long' | null
type Cached = { readonly readAt: number; readonly changes: Promise<Read>; readonly frames: FrameCache }

/** Make an empty cache of backlogs. */
export const createStoredBacklogs = (o: {
  ref: ThreadRef
  store: Pick<Store, 'threads' | 'comments' | 'epoch'>
  metrics: Metrics
  now: Clock
}): StoredBacklogs => {
  const cache = new Map<number, Cached>()

  const readFrom = async (since: number): Promise<Read> => {
    o.metrics.count('thread_reads', { what: 'changes' })
    const changes = await readChanges(o.store, o.ref, { since })
    if ('reload' in changes) return null
    const neededByAll = changes.changes.filter((change) => change.seq >= since + POSITION_STEP)
    return lengthOf(neededByAll) > MAX_BACKLOG_LENGTH ? 'too-long' : changes
  }

  const startRead = (since: number): Cached => {
    const entry: Cached = { readAt: o.now(), changes: readFrom(since), frames: createFrameCache() }
    if (cache.size >= MAX_CACHED) cache.clear()
    cache.set(since, entry)
    const drop = (): void => {
      if (cache.get(since) === entry) cache.delete(since)
    }
    entry.changes.then((changes) => changes ?? drop(), drop)
    return entry
  }

  /** The part after `v`, encoded once. */
  const after = ({ frames }: Cached, changes: StoredChanges, v: number): StoredBacklog => {
    const frame = frames.get(v) ?? frames.put(v, storedFrame(o.ref.threadId, changes, v))
    return { head: changes.head, to: changes.to, frame }
  }

  return {
    async read(v) {
      const since = v - (v % POSITION_STEP)
      const cached = cache.get(since)
      if (cached !== undefined && o.now() - cached.readAt < TTL_MS) {
        const changes = await cached.changes
        if (changes === 'too-long') return null
        // A read from before the client's position was committed would send the client back.
        if (changes !== null && changes.to > v) return after(cached, changes, v)
      }
      const fresh = startRead(since)
      const changes = await fresh.changes
      return changes === null || changes === 'too-long' || v > changes.head ? null : after(fresh, changes, v)
    },
    forget: () => cache.clear(),
  }
}
