import { encode } from '@repartee/sdk/protocol'
import type { Logger, Metrics, Store, ThreadRef, ThreadState } from '../core/ports.ts'
import { MAX_CHANGES, readChanges } from '../core/threads/changes.ts'
import { type DeltaFrame, storedFrame, toFrame } from './frame.ts'
import type { LocalPublisher } from './hub.ts'
import { createRing } from './ring.ts'
import { topicOf } from './topic.ts'

/** Longer than the longest flush of another node, so that frames which overtook others wait for them. */
const REORDER_MS = 300
const RETRY_MS = 1_000
const MAX_EARLY = 64

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
  /** The thread as the database has it, read once for all who ask at the same time. */
  read(): Promise<{ epoch: string; state: ThreadState | null }>
  /** Read what is committed beyond `head` and send it. Never rejects; tries again when the store is away. */
  catchUp(): Promise<void>
  /** The database's history is not the one told so far: everybody takes a new snapshot. */
  reload(): void
  /** Call back once, at the next advance of `head`; returns the function that stops waiting. */
  onAdvance(listener: () => void): () => void
  close(): void
}

/** Start the feed of one thread. */
export const createActiveThread = (o: {
  ref: ThreadRef
  sockets: LocalPublisher
  store: Pick<Store, 'threads' | 'comments' | 'epoch'>
  /** Resolves once other nodes' messages of the topic arrive. */
  listening: () => Promise<void>
  metrics: Metrics
  log: Logger
}): ActiveThread => {
  const { ref, store } = o
  const topic = topicOf(ref)
  const ring = createRing()
  /** Backlogs by position: after a cut most clients come back from the same one. */
  const backlogs = new Map<number, DeltaFrame | null>()
  const early = new Map<number, DeltaFrame>()
  const listeners = new Set<() => void>()
  let head: number | null = null
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let catching: Promise<void> | null = null
  let reading: ReturnType<ActiveThread['read']> | null = null

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
      const kept = backlogs.get(v)
      if (kept !== undefined) return kept
      const delta = ring.since(v)
      const frame = delta === null ? null : toFrame(delta)
      backlogs.set(v, frame)
      return frame
    },
    read() {
      // Read before that, and what others commit in between would be neither in the answer nor heard.
      reading ??= o
        .listening()
        .then(() => Promise.all([store.epoch(), store.threads.find(ref.siteId, ref.threadId)]))
        .then(([epoch, state]) => ({ epoch, state }))
        .finally(() => {
          reading = null
        })
      return reading
    },
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
