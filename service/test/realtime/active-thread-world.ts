import { type Delta, newId, type ServerMessage } from '@repartee/sdk/protocol'
import { expect } from 'vitest'
import { createMemoryBus } from '../../src/adapters/memory/memory-bus.ts'
import type { Store } from '../../src/core/ports/store.ts'
import { toDelta } from '../../src/core/threads/to-delta.ts'
import { ActiveThread } from '../../src/realtime/active-thread.ts'
import { type DeltaFrame, toFrame } from '../../src/realtime/frame.ts'
import { mergeDeltas } from '../../src/realtime/merge.ts'
import { createMemoryStore } from '../../testing/memory-store.ts'
import { countingMetrics, demoSite, newComment, quietLog } from '../../testing/realtime-setup.ts'

const MAX_HELD = 64
/** Twice for every call of the store, so that much can happen in between. */
export const SLOW_MS = 250

/** Counts reads, each of one call or more, and reports when two are in progress at a time. */
const oneAtATime = (report: () => void) => {
  let running = 0
  let started = 0
  return {
    get started() {
      return started
    },
    async run<T>(work: Promise<T>, step: 'first' | 'later' = 'first'): Promise<T> {
      running += 1
      if (step === 'first') started += 1
      if (running > 1) report()
      try {
        return await work
      } finally {
        running -= 1
      }
    },
  }
}

/**
 * A feed over a store that can be slow or down, and beside it the simplest account of what its subscribers were sent:
 * a position, and the frames that were delivered but could not be sent yet.
 */
export const createWorld = async () => {
  const site = demoSite()
  const id = newId()
  let mode: 'ok' | 'slow' | 'down' = 'ok'
  const latency = async () => {
    if (mode === 'slow') await new Promise<void>((resolve) => setTimeout(resolve, SLOW_MS))
  }
  const memory = createMemoryStore({ site, latency })
  memory.open(id)
  const setStore = (next: typeof mode): void => {
    mode = next
    memory.setDown(next === 'down')
  }
  /** What each commit made, in order: commit `i` leads from `i` to `i + 1`. */
  const deltas: Delta[] = []

  /** What went wrong where an assertion would be taken for a failure of the store. */
  const violations: string[] = []
  const stateReads = oneAtATime(() => violations.push('the state was read twice at a time'))
  const catchUps = oneAtATime(() => violations.push('missing changes were read twice at a time'))
  let readingState = false
  const counted = countingMetrics()
  const metrics = {
    ...counted,
    count(name: string, labels?: Record<string, string>) {
      if (name === 'thread_reads' && labels?.what === 'state') readingState = true
      counted.count(name as Parameters<typeof counted.count>[0], labels)
    },
  }
  const { store } = memory
  let lastFind: Promise<unknown> = Promise.resolve()
  const watched: Store = {
    ...store,
    // Ends with the other query of a read: when one fails, the other would still be in progress after the read.
    async epoch() {
      try {
        return await store.epoch()
      } finally {
        await lastFind.catch(() => undefined)
      }
    },
    threads: {
      ...store.threads,
      find(siteId, threadId) {
        const reads = readingState ? stateReads : catchUps
        readingState = false
        const found = reads.run(store.threads.find(siteId, threadId))
        lastFind = found
        return found
      },
    },
    comments: { ...store.comments, changedSince: (q) => catchUps.run(store.comments.changedSince(q), 'later') },
  }

  const model = {
    position: null as number | null,
    closed: false,
    /** How often the listeners for the next position have to be called. */
    moves: 0,
    /** Delivered and not sent. */
    held: [] as DeltaFrame[],
    /** Whether `held` is known exactly: the feed may drop frames once the store was asked. */
    exact: true,
    /** The end of the newest frame delivered since there is a position. */
    newest: 0,
  }
  const moveTo = (position: number | null): void => {
    model.position = position
    model.moves += 1
    model.held = position === null ? [] : model.held.filter((frame) => frame.to > position)
    if (position === null) model.newest = 0
    if (model.held.length === 0) model.exact = true
  }

  /** Every frame that was delivered. Any other one was read from the store. */
  const delivered = new Set<string>()
  let sentFrames = 0
  const log = quietLog()
  const thread = new ActiveThread(
    { siteId: site.id, threadId: id },
    {
      sockets: {
        publish(_topic, text) {
          const message = JSON.parse(text) as ServerMessage
          if (model.closed) violations.push(`sent after the end: ${text}`)
          if (message.type === 'reload') return moveTo(null)
          if (message.type !== 'delta') throw new Error(`unexpected ${text}`)
          const { from, to, changes } = message
          sentFrames += 1
          const at = `${from} to ${to} at ${model.position}`
          if (model.position !== null) {
            if (from > model.position) violations.push(`a gap: ${at}`)
            if (to <= model.position) violations.push(`nothing new: ${at}`)
            if (from !== model.position && !delivered.has(text)) violations.push(`the store repeated something: ${at}`)
          }
          const seqs = new Set(changes.map(({ seq }) => seq))
          for (let seq = from + 1; seq <= to; seq += 1) if (!seqs.has(seq)) violations.push(`${seq} is missing: ${at}`)
          moveTo(to)
        },
      },
      store: watched,
      bus: createMemoryBus(),
      metrics,
      log,
      now: Date.now,
    },
  )

  return {
    thread,
    model,
    log,
    deltas,
    catchUps,
    stateReads,
    violations,
    /** Another node, which reaches the store, commits. */
    async commit(count: number) {
      const before = mode
      setStore('ok')
      for (let i = 0; i < count; i += 1) {
        const written = await store.comments.insert(site.id, id, [newComment()])
        if (written === null) throw new Error('not stored')
        deltas.push(toDelta(id, written))
      }
      setStore(before)
    },
    setStore,
    deliver(from: number, to: number) {
      const range = deltas.slice(from, to)
      const [first, ...rest] = range
      if (first === undefined) return
      const frame = toFrame(rest.reduce(mergeDeltas, first))
      if (!model.closed) {
        if (model.position !== null && frame.to > model.position) {
          model.newest = Math.max(model.newest, frame.to)
          if (frame.from > model.position) model.held.push(frame)
          if (model.held.length > MAX_HELD) model.exact = false
        }
      }
      const before = { ...model, held: [...model.held] }
      sentFrames = 0
      delivered.add(frame.text)
      thread.deliver(frame)
      expect(sentFrames, 'frames held').toBeLessThanOrEqual(MAX_HELD + 1)
      if (model.closed) return
      if (before.position === null) expect(model.position).toBe(frame.to)
      else if (frame.from <= before.position) expect(model.position).toBeGreaterThanOrEqual(frame.to)
      if (before.position === null || !before.exact) return
      let reached = frame.from <= before.position ? Math.max(before.position, frame.to) : before.position
      for (const held of before.held.sort((a, b) => a.from - b.from))
        if (held.from <= reached) reached = Math.max(reached, held.to)
      expect(model.position, 'everything that follows without a gap is sent').toBe(reached)
    },
    startAt(position: number) {
      const starts = model.position === null && !model.closed
      if (starts) moveTo(position)
      thread.startAt(position)
    },
    close() {
      if (!model.closed) model.moves += 1
      model.closed = true
      model.position = null
      thread.close()
    },
  }
}
export type World = Awaited<ReturnType<typeof createWorld>>
