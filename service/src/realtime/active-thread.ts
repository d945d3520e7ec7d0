import { encode } from '@repartee/sdk/protocol'
import type { Clock } from '../core/ports/clock.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Store } from '../core/ports/store.ts'
import type { ThreadRef, ThreadState } from '../core/ports/thread-store.ts'
import { MAX_CHANGES, readChanges } from '../core/threads/changes.ts'
import { type DeltaFrame, storedFrame, toFrame } from './frame.ts'
import { createFrameCache } from './frame-cache.ts'
import type { LocalPublisher } from './local-publisher.ts'
import { createRing } from './ring.ts'
import { createStoredBacklogs, type StoredBacklog } from './stored-backlog.ts'
import { topicOf } from './topic.ts'

/** Longer than the longest flush of another node, so that frames which overtook others wait for them. */
const REORDER_MS = 300
const RETRY_MS = 1_000
const MAX_EARLY = 64
/** A storm of returning readers is over by then, and a sweep has looked whether the feed missed anything. */
const KEEP_MS = 15_000

/** The live feed of one thread with readers on this node: in order and without a gap, whatever the bus does. */
export type ActiveThread = {
  readonly ref: ThreadRef
  readonly topic: string
  /** All changes up to here went to the topic, or into the backlog of who joined later; `null` before the first. */
  readonly head: number | null
  /** Take a frame from this node or another: send it on, drop it as known, or keep it until what is before it came. */
  deliver(frame: DeltaFrame): void
  /** The topic has its first reader, who knows everything up to `head`. */
  begin(head: number): void
  /** The encoded changes after `v` up to `head`, if they are all at hand. */
  since(v: number): DeltaFrame | null
  /**
   * The thread as the database has it: read once for all who ask at the same time, and kept up to date by the feed for a
   * while, so that the readers who come back after a cut do not all ask the database.
   */
  read(): Promise<ThreadRead>
  /** What the database has after a position that the ring does not reach back to; `null` when it means nothing. */
  backlog(v: number): Promise<StoredBacklog | null>
  /** Messages may have been missed: what was kept is not trusted any more. */
  invalidate(): void
  /** Read what is committed beyond `head` and send it. Never rejects; tries again when the store is away. */
  catchUp(): Promise<void>
  /** The database's history is not the one told so far: everybody takes a new snapshot. */
  reload(): void
  /** Call back once, at the next advance of `head`; returns the function that stops waiting. */
  onAdvance(listener: () => void): () => void
  close(): void
}

type ThreadRead = {
  readonly epoch: string
  readonly state: Pick<ThreadState, 'head' | 'commentCount' | 'closed'> | null
}

/** Start the feed of one thread. */
export const createActiveThread = (o: {
  ref: ThreadRef
  sockets: LocalPublisher
  store: Pick<Store, 'threads' | 'comments' | 'epoch'>
  /** Resolves once other nodes' messages of the topic arrive. */
  listening: () => Promise<void>
  /** Whether messages of other nodes get through as far as is known. */
  trusted: () => boolean
  metrics: Metrics
  log: Logger
  now: Clock
}): ActiveThread => {
  const { ref, store } = o
  const topic = topicOf(ref)
  const ring = createRing()
  /** By position: after a cut most clients come back from the same one. */
  const backlogs = createFrameCache()
  const early = new Map<number, DeltaFrame>()
  const listeners = new Set<() => void>()
  let head: number | null = null
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let catching: Promise<void> | null = null
  let reading: Promise<ThreadRead> | null = null
  let kept: { read: ThreadRead; readonly readAt: number } | null = null
  const stored = createStoredBacklogs(o)

  const invalidate = (): void => {
    kept = null
    stored.forget()
  }

  /** What was read, carried on by the changes since; `null` when it is too old or the changes are not all there. */
  const current = (): ThreadRead | null => {
    if (kept === null || head === null || closed || !o.trusted() || o.now() - kept.readAt >= KEEP_MS) return null
    const { epoch, state } = kept.read
    if (state === null || head <= state.head) return state === null ? null : kept.read
    const since = ring.since(state.head)
    if (since === null) return null
    const closing = since.changes.findLast((change) => change.type === 'thread')
    const next = { head: since.to, commentCount: since.commentCount, closed: closing?.closed ?? state.closed }
    kept.read = { epoch, state: next }
    return kept.read
  }

  const readStore = async (): Promise<ThreadRead> => {
    // Read before that, and what others commit in between would be neither in the answer nor heard.
    await o.listening()
    o.metrics.count('thread_reads', { what: 'state' })
    const readAt = o.now()
    const [epoch, state] = await Promise.all([store.epoch(), store.threads.find(ref.siteId, ref.threadId)])
    const read = { epoch, state }
    kept = { read, readAt }
    return read
  }

  const advance = (to: number | null): void => {
    head = to
    backlogs.clear()
    const waiting = [...listeners]
    listeners.clear()
    for (const listener of waiting) listener()
  }

  const accept = (frame: DeltaFrame): void => {
    ring.append(frame)
    o.sockets.publish(topic, frame.text)
    advance(frame.to)
  }

  const known = (frame: DeltaFrame): boolean => head !== null && frame.to <= head
  const isEarly = (frame: DeltaFrame): boolean => head !== null && frame.from > head

  const catchUpIn = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      void catchUp()
    }, ms)
  }

  const deliver = (frame: DeltaFrame): void => {
    if (closed || known(frame)) return
    if (isEarly(frame)) {
      // When it is full the store is about to be asked anyway.
      if (early.size < MAX_EARLY) early.set(frame.from, frame)
      catchUpIn(REORDER_MS)
      return
    }
    accept(frame)
    for (const next of [...early.values()].sort((a, b) => a.from - b.from)) {
      if (isEarly(next)) break
      early.delete(next.from)
      if (!known(next)) accept(next)
    }
    if (early.size > 0) return
    clearTimeout(timer)
    timer = undefined
  }

  const reload = (): void => {
    o.metrics.count('reloads')
    ring.clear()
    early.clear()
    invalidate()
    o.sockets.publish(topic, encode({ type: 'reload', thread: ref.threadId }))
    advance(null)
  }

  const readOn = async (): Promise<void> => {
    for (let more = true; more && !closed && head !== null; ) {
      const since = head
      const changes = await readChanges(store, ref, { since })
      if (closed || head === null) return
      if ('reload' in changes || changes.head - since > MAX_CHANGES) return reload()
      if (changes.to > since) {
        o.metrics.count('delta_gaps')
        deliver(storedFrame(ref.threadId, changes))
      }
      more = changes.to > since && changes.to < changes.head
    }
    // The store has spoken: what still is early was never committed, or will be found again.
    early.clear()
  }

  const catchUp = (): Promise<void> => {
    catching ??= readOn()
      .catch((error: unknown) => {
        o.log.warn('could not read the changes of an active thread', { error })
        if (!closed) catchUpIn(RETRY_MS)
      })
      .finally(() => {
        catching = null
      })
    return catching
  }

  return {
    ref,
    topic,
    get head() {
      return head
    },
    deliver,
    begin(to) {
      if (head === null && !closed) advance(to)
    },
    since(v) {
      const delta = backlogs.has(v) ? null : ring.since(v)
      return delta === null ? backlogs.get(v) : backlogs.keep(v, toFrame(delta))
    },
    read() {
      const read = current()
      if (read !== null) return Promise.resolve(read)
      reading ??= readStore().finally(() => {
        reading = null
      })
      return reading
    },
    backlog: (v) => stored.read(v),
    invalidate,
    catchUp,
    reload,
    onAdvance(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      closed = true
      clearTimeout(timer)
      early.clear()
      // Nobody waits for a feed that has ended.
      advance(null)
    },
  }
}
