import { encode } from '@repartee/sdk/protocol'
import type { Bus } from '../core/ports/bus.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Store } from '../core/ports/store.ts'
import type { ThreadRef } from '../core/ports/thread-store.ts'
import { MAX_CHANGES, readChanges } from '../core/threads/changes.ts'
import { type FeedEffect, type FeedState, transitions } from './active-thread-states.ts'
import { type DeltaFrame, type StoredChanges, storedFrame, toFrame } from './frame.ts'
import { createFrameCache } from './frame-cache.ts'
import { createReorderBuffer } from './frame-reorder-buffer.ts'
import type { LocalPublisher } from './local-publisher.ts'
import { createRing } from './ring.ts'
import { createStoredBacklogs, type StoredBacklog, type StoredBacklogs } from './stored-backlog.ts'
import { createThreadReads, type ThreadRead, type ThreadReads } from './thread-reads.ts'
import { topicOf } from './topic.ts'

/** Longer than the longest flush interval of another node, so that frames which overtook others wait for them. */
const REORDER_MS = 300
const RETRY_MS = 1_000

export type ActiveThreadDeps = {
  readonly sockets: LocalPublisher
  readonly store: Pick<Store, 'threads' | 'comments' | 'epoch'>
  readonly bus: Pick<Bus, 'listening' | 'degraded'>
  readonly metrics: Metrics
  readonly log: Logger
  readonly now: Clock
}

type FeedInput =
  | { readonly event: 'start'; readonly position: number }
  | { readonly event: 'next' | 'early'; readonly frame: DeltaFrame }
  | { readonly event: 'filled' | 'timer' | 'catchUp' | 'caughtUp' | 'failed' | 'reload' | 'close' }

/**
 * The live feed of one thread with readers on this node: in order and without a gap, whatever the bus does. Its states
 * are in `active-thread-states.ts`; this class performs their effects.
 */
export class ActiveThread {
  readonly ref: ThreadRef
  readonly topic: string
  readonly #deps: ActiveThreadDeps
  readonly #ring = createRing()
  readonly #early = createReorderBuffer()
  /** Encoded changes by the position they start after: after a cut most clients come back from the same one. */
  readonly #encoded = createFrameCache()
  readonly #reads: ThreadReads
  readonly #storedBacklogs: StoredBacklogs
  readonly #listeners = new Set<() => void>()
  #state: FeedState = 'unpositioned'
  #head: number | null = null
  #timer: NodeJS.Timeout | null = null
  /** Counts reads of the store and what makes one obsolete; a read whose number has passed has no effect. */
  #readNumber = 0
  /** Settles when the last read has ended: there is one at a time. */
  #lastRead: Promise<void> = Promise.resolve()

  constructor(ref: ThreadRef, deps: ActiveThreadDeps) {
    this.ref = ref
    this.topic = topicOf(ref)
    this.#deps = deps
    this.#reads = createThreadReads({ ...deps, ref, ring: this.#ring, head: () => this.#head })
    this.#storedBacklogs = createStoredBacklogs({ ...deps, ref })
  }

  /** Everything up to here was sent to the topic or in a backlog; `null` before the first position. */
  get head(): number | null {
    return this.#head
  }

  /** Take a frame of this node or another: send it, drop it as a duplicate, or hold it until what precedes it arrives. */
  deliver(frame: DeltaFrame): void {
    if (this.#head !== null && frame.to <= this.#head) return
    const event = this.#head !== null && frame.from > this.#head ? 'early' : 'next'
    this.#apply({ event, frame })
  }

  /** The first subscriber knows everything up to `position`. Does nothing once there is a position. */
  startAt(position: number): void {
    this.#apply({ event: 'start', position })
  }

  /** The encoded changes after `v` up to `head`; `null` unless all of them are in memory. */
  frameSince(v: number): DeltaFrame | null {
    const cached = this.#encoded.get(v)
    if (cached !== null) return cached
    const delta = this.#ring.since(v)
    return delta === null ? null : this.#encoded.put(v, toFrame(delta))
  }

  /** The state of the thread as the database has it, shared and kept up to date for a while. */
  readState(): Promise<ThreadRead> {
    return this.#reads.read()
  }

  /** What the database has after a position older than what is in memory; `null` when the position is not valid. */
  readBacklog(v: number): Promise<StoredBacklog | null> {
    return this.#storedBacklogs.read(v)
  }

  /** Messages may have been missed: nothing read so far is used again. */
  invalidate(): void {
    this.#reads.forget()
    this.#storedBacklogs.forget()
  }

  /**
   * Read and send what is committed after `head`. Resolves when that was done or failed, and never rejects; a failure is
   * retried until it succeeds.
   */
  catchUp(): Promise<void> {
    this.#apply({ event: 'catchUp' })
    return this.#lastRead
  }

  /** The database's history is not the one sent so far: all subscribers take a new snapshot. */
  reload(): void {
    this.#apply({ event: 'reload' })
  }

  /** Call back once, when `head` next advances or is lost; returns the function that cancels it. */
  onAdvance(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#apply({ event: 'close' })
  }

  #apply(input: FeedInput): void {
    const transition = transitions[this.#state][input.event]
    if (transition === 'ignored') return
    if (transition === 'impossible') {
      this.#deps.log.error('impossible event of a thread feed', { state: this.#state, event: input.event })
      return
    }
    const [to, ...effects] = transition
    this.#state = to
    for (const effect of effects) this.#perform(effect, input)
  }

  #perform(effect: FeedEffect, input: FeedInput): void {
    switch (effect) {
      case 'setPosition':
        if (input.event === 'start') this.#moveTo(input.position)
        break
      case 'send':
        if (input.event === 'next') this.#send(input.frame)
        break
      case 'hold':
        if (input.event === 'early') this.#early.hold(input.frame)
        break
      case 'dropEarly':
        this.#early.clear()
        break
      case 'awaitFrames':
        this.#startTimer(REORDER_MS)
        break
      case 'awaitStore':
        this.#startTimer(RETRY_MS)
        break
      case 'stopTimer':
        if (this.#timer !== null) clearTimeout(this.#timer)
        this.#timer = null
        break
      case 'read':
        this.#startRead()
        break
      case 'reset':
        this.#reset()
        break
      case 'end':
        this.#forgetPosition()
    }
  }

  #moveTo(head: number | null): void {
    this.#head = head
    this.#encoded.clear()
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) listener()
  }

  #send(first: DeltaFrame): void {
    const hadEarly = !this.#early.isEmpty
    for (let frame: DeltaFrame | null = first; frame !== null; frame = this.#early.take(frame.to)) {
      this.#ring.append(frame)
      this.#deps.sockets.publish(this.topic, frame.text)
      this.#moveTo(frame.to)
    }
    if (hadEarly && this.#early.isEmpty) this.#apply({ event: 'filled' })
  }

  #forgetPosition(): void {
    this.#readNumber += 1
    this.#early.clear()
    this.#moveTo(null)
  }

  #reset(): void {
    this.#deps.metrics.count('reloads')
    this.#ring.clear()
    this.invalidate()
    this.#deps.sockets.publish(this.topic, encode({ type: 'reload', thread: this.ref.threadId }))
    this.#forgetPosition()
  }

  #startTimer(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#apply({ event: 'timer' })
    }, ms)
  }

  #startRead(): void {
    this.#readNumber += 1
    const number = this.#readNumber
    this.#lastRead = this.#lastRead.then(() => this.#readMissing(number))
  }

  async #readMissing(number: number): Promise<void> {
    const since = this.#head
    if (this.#readNumber !== number || since === null) return
    try {
      const read = await readChanges(this.#deps.store, this.ref, { since })
      if (this.#readNumber !== number) return
      // Otherwise one read reaches the head.
      if ('reload' in read || read.head - since > MAX_CHANGES) return this.reload()
      this.#deliverStored(read)
      this.#apply({ event: 'caughtUp' })
    } catch (error) {
      if (this.#readNumber !== number) return
      this.#deps.log.warn('could not read the changes of an active thread', { error })
      this.#apply({ event: 'failed' })
    }
  }

  /** Send what was read, without what has arrived since. */
  #deliverStored(read: StoredChanges): void {
    if (this.#head === null || read.to <= this.#head) return
    this.#deps.metrics.count('delta_gaps')
    this.deliver(storedFrame(this.ref.threadId, read, this.#head))
  }
}
