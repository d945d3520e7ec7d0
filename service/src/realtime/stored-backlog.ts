import type { Clock } from '../core/ports/clock.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Store } from '../core/ports/store.ts'
import type { ThreadRef } from '../core/ports/thread-store.ts'
import { readChanges } from '../core/threads/changes.ts'
import { type DeltaFrame, lengthOf, MAX_BACKLOG_LENGTH, type StoredChanges, storedFrame } from './frame.ts'
import { createFrameCache, type FrameCache } from './frame-cache.ts'

/** Clients cut off together stand within a few changes of each other: one read from here down serves them all. */
const STEP = 32
/** As long as a storm takes to come back. */
const KEEP_MS = 15_000
const MAX_KEPT = 16

/** What the store had after a position. */
export type StoredBacklog = { readonly head: number; readonly to: number; readonly frame: DeltaFrame }

/** Backlogs of one thread that reach further back than its ring. */
export type StoredBacklogs = {
  /**
   * Read what is after `v`, once for all who come back from about there; `null` when the position means nothing or too
   * much is after it.
   */
  read(v: number): Promise<StoredBacklog | null>
  forget(): void
}

/** `null` when the position means nothing; `long` when nobody who stands there can be sent all that. */
type Read = StoredChanges | 'long' | null
type Kept = { readonly readAt: number; readonly changes: Promise<Read>; readonly frames: FrameCache }

/** Make an empty store of backlogs. */
export const createStoredBacklogs = (o: {
  ref: ThreadRef
  store: Pick<Store, 'threads' | 'comments' | 'epoch'>
  metrics: Metrics
  now: Clock
}): StoredBacklogs => {
  const kept = new Map<number, Kept>()

  const readFrom = async (since: number): Promise<Read> => {
    o.metrics.count('thread_reads', { what: 'changes' })
    const changes = await readChanges(o.store, o.ref, { since })
    if ('reload' in changes) return null
    const forAll = changes.changes.filter((change) => change.seq >= since + STEP)
    return lengthOf(forAll) > MAX_BACKLOG_LENGTH ? 'long' : changes
  }

  const readAnew = (since: number): Kept => {
    const entry: Kept = { readAt: o.now(), changes: readFrom(since), frames: createFrameCache() }
    if (kept.size >= MAX_KEPT) kept.clear()
    kept.set(since, entry)
    const drop = (): void => {
      if (kept.get(since) === entry) kept.delete(since)
    }
    entry.changes.then((changes) => changes ?? drop(), drop)
    return entry
  }

  /** The part of it after `v`, encoded once. */
  const after = ({ frames }: Kept, changes: StoredChanges, v: number): StoredBacklog => {
    const frame = frames.get(v) ?? frames.put(v, storedFrame(o.ref.threadId, changes, v))
    return { head: changes.head, to: changes.to, frame }
  }

  return {
    async read(v) {
      const since = v - (v % STEP)
      const entry = kept.get(since)
      if (entry !== undefined && o.now() - entry.readAt < KEEP_MS) {
        const changes = await entry.changes
        if (changes === 'long') return null
        // Read before what this client knows already was committed, it would take the client back.
        if (changes !== null && changes.to > v) return after(entry, changes, v)
      }
      const anew = readAnew(since)
      const changes = await anew.changes
      return changes === null || changes === 'long' || v > changes.head ? null : after(anew, changes, v)
    },
    forget: () => kept.clear(),
  }
}
