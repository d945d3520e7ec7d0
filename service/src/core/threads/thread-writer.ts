import { ReparteeError } from '@repartee/sdk/protocol'
import type { Clock } from '../ports/clock.ts'
import type { NewComment } from '../ports/comment-store.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Publisher } from '../ports/publisher.ts'
import type { Store } from '../ports/store.ts'
import type { Written } from '../ports/written.ts'
import type { StoredComment } from '../stored-comment.ts'
import { noTracer, type SpanRef, type Tracer } from '../tracer.ts'
import { toDelta } from './to-delta.ts'

/** Makes every change of a thread: one statement at a time per thread, told to everybody in the order of commit. */
export type ThreadWriter = {
  /** Store a comment together with its neighbours in the queue; `null` when the store left it out. */
  create(siteId: string, threadId: string, comment: NewComment): Promise<StoredComment | null>
  /** Run another change in its turn; `null` when it changed nothing. */
  run(siteId: string, threadId: string, kind: string, change: () => Promise<Written | null>): Promise<Written | null>
  /** Threads with changes waiting or in flight. */
  readonly active: number
}

/** One who waits for a change; `by` is the span of the command. */
type Waiting = { readonly by: SpanRef | null; readonly reject: (cause: unknown) => void }
type Create = Waiting & {
  readonly kind: 'create'
  readonly comment: NewComment
  readonly resolve: (comment: StoredComment | null) => void
}
type Change = Waiting & {
  readonly kind: 'change'
  readonly name: string
  readonly change: () => Promise<Written | null>
  readonly resolve: (written: Written | null) => void
}
type Lane = { readonly siteId: string; readonly threadId: string; readonly waiting: (Create | Change)[] }

/** Rows of one statement: the gain flattens above this, while the wait of the first row grows. */
const MAX_BATCH = 50

/** Changes that may wait for one thread; a store that hangs must not collect requests without end. */
const MAX_WAITING = 5_000

/** Make the writer of this process. There must be only one per publisher, or order is lost. */
export const createThreadWriter = (o: {
  store: Pick<Store, 'comments'>
  publisher: Publisher
  metrics: Metrics
  tracer?: Tracer
  now: Clock
  maxBatch?: number
  maxWaiting?: number
}): ThreadWriter => {
  const maxBatch = o.maxBatch ?? MAX_BATCH
  const maxWaiting = o.maxWaiting ?? MAX_WAITING
  const tracer = o.tracer ?? noTracer
  const lanes = new Map<string, Lane>()

  /** Run one statement, then publish; whoever waits for it is told only after that. */
  const commit = (
    lane: Lane,
    kind: string,
    waiting: readonly Waiting[],
    statement: () => Promise<Written | null>,
  ): Promise<Written | null> => {
    // It is part of the first one's trace; the others' name it.
    const [parent = null, ...links] = waiting.flatMap(({ by }) => (by === null ? [] : [by]))
    const attributes = { 'repartee.thread': lane.threadId, 'repartee.group_size': waiting.length }
    return tracer.span(`commit ${kind}`, { parent, links, attributes }, () => commitNow(lane, kind, statement))
  }

  const commitNow = async (lane: Lane, kind: string, statement: () => Promise<Written | null>) => {
    const startedAt = o.now()
    const written = await statement()
    o.metrics.observe('commit_ms', o.now() - startedAt, { kind })
    if (written !== null) o.publisher.publish(lane.siteId, toDelta(lane.threadId, written, kind))
    return written
  }

  const storeBatch = async (lane: Lane, batch: readonly Create[]) => {
    o.metrics.observe('group_size', batch.length)
    try {
      const rows = batch.map((item) => item.comment)
      const written = await commit(lane, 'create', batch, () =>
        o.store.comments.insert(lane.siteId, lane.threadId, rows),
      )
      const stored = new Map(written?.comments.map((comment) => [comment.id, comment]))
      for (const item of batch) item.resolve(stored.get(item.comment.id) ?? null)
    } catch (cause) {
      for (const item of batch) item.reject(cause)
    }
  }

  const drain = async (key: string, lane: Lane) => {
    for (let next = lane.waiting.shift(); next !== undefined; next = lane.waiting.shift()) {
      if (next.kind === 'change') {
        const { name, change, resolve, reject } = next
        await commit(lane, name, [next], change).then(resolve, reject)
        continue
      }
      const batch = [next]
      while (batch.length < maxBatch && lane.waiting[0]?.kind === 'create') {
        const more = lane.waiting.shift()
        if (more?.kind === 'create') batch.push(more)
      }
      await storeBatch(lane, batch)
    }
    lanes.delete(key)
  }

  const enqueue = (siteId: string, threadId: string, item: Create | Change) => {
    const key = `${siteId} ${threadId}`
    const running = lanes.get(key)
    if (running === undefined) {
      const lane: Lane = { siteId, threadId, waiting: [item] }
      lanes.set(key, lane)
      void drain(key, lane)
    } else if (running.waiting.length >= maxWaiting) {
      item.reject(new ReparteeError('unavailable', 'too many changes wait for this thread', { retryAfterMs: 1_000 }))
    } else {
      running.waiting.push(item)
    }
  }

  return {
    create: (siteId, threadId, comment) =>
      new Promise((resolve, reject) =>
        enqueue(siteId, threadId, { kind: 'create', by: tracer.current(), comment, resolve, reject }),
      ),
    run: (siteId, threadId, kind, change) =>
      new Promise((resolve, reject) =>
        enqueue(siteId, threadId, { kind: 'change', by: tracer.current(), name: kind, change, resolve, reject }),
      ),
    get active() {
      return lanes.size
    },
  }
}
