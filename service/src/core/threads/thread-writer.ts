import { ReparteeError } from '@repartee/sdk/protocol'
import type { Clock } from '../ports/clock.ts'
import type { NewComment } from '../ports/comment-store.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Publisher } from '../ports/publisher.ts'
import type { Store } from '../ports/store.ts'
import type { WriteResult } from '../ports/write-result.ts'
import type { StoredComment } from '../stored-comment.ts'
import { noTracer, type SpanRef, type Tracer } from '../tracer.ts'
import { toDelta } from './to-delta.ts'

/** Makes all changes to threads: one statement at a time per thread, published in commit order. */
export type ThreadWriter = {
  /** Store a comment, in one statement with others that wait. `null` when the store left it out. */
  create(siteId: string, threadId: string, comment: NewComment): Promise<StoredComment | null>
  /** Run another change when its turn comes. `null` when it changed nothing. */
  run(
    siteId: string,
    threadId: string,
    kind: string,
    change: () => Promise<WriteResult | null>,
  ): Promise<WriteResult | null>
  /** The number of threads with changes that wait or run. */
  readonly active: number
}

/** A queued change; `span` is the command's. */
type Queued = { readonly span: SpanRef | null; readonly reject: (cause: unknown) => void }
type Create = Queued & {
  readonly kind: 'create'
  readonly comment: NewComment
  readonly resolve: (comment: StoredComment | null) => void
}
type Change = Queued & {
  readonly kind: 'change'
  readonly name: string
  readonly change: () => Promise<WriteResult | null>
  readonly resolve: (written: WriteResult | null) => void
}
type ThreadQueue = { readonly siteId: string; readonly threadId: string; readonly waiting: (Create | Change)[] }

/** The most rows in one statement. More gain little, while the first of them waits longer. */
const MAX_BATCH = 50

/** The most changes that wait for one thread, so that memory stays bounded when the store hangs. */
const MAX_WAITING = 5_000

/** Create the writer of this process. A second one on the same publisher would break the order. */
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
  const queues = new Map<string, ThreadQueue>()

  /** Run one statement, then publish. Callers get their result after that. */
  const commit = (
    queue: ThreadQueue,
    kind: string,
    batch: readonly Queued[],
    statement: () => Promise<WriteResult | null>,
  ): Promise<WriteResult | null> => {
    // The span belongs to the first command's trace and links to the others.
    const [parent = null, ...links] = batch.flatMap(({ span }) => (span === null ? [] : [span]))
    const attributes = { 'repartee.thread': queue.threadId, 'repartee.group_size': batch.length }
    return tracer.span(`commit ${kind}`, { parent, links, attributes }, () => commitNow(queue, kind, statement))
  }

  const commitNow = async (queue: ThreadQueue, kind: string, statement: () => Promise<WriteResult | null>) => {
    const startedAt = o.now()
    const written = await statement()
    o.metrics.observe('commit_ms', o.now() - startedAt, { kind })
    if (written !== null) o.publisher.publish(queue.siteId, toDelta(queue.threadId, written, kind))
    return written
  }

  const storeBatch = async (queue: ThreadQueue, batch: readonly Create[]) => {
    o.metrics.observe('group_size', batch.length)
    try {
      const rows = batch.map((item) => item.comment)
      const written = await commit(queue, 'create', batch, () =>
        o.store.comments.insert(queue.siteId, queue.threadId, rows),
      )
      const stored = new Map(written?.comments.map((comment) => [comment.id, comment]))
      for (const item of batch) item.resolve(stored.get(item.comment.id) ?? null)
    } catch (cause) {
      for (const item of batch) item.reject(cause)
    }
  }

  const drain = async (key: string, queue: ThreadQueue) => {
    for (let next = queue.waiting.shift(); next !== undefined; next = queue.waiting.shift()) {
      if (next.kind === 'change') {
        const { name, change, resolve, reject } = next
        await commit(queue, name, [next], change).then(resolve, reject)
        continue
      }
      const batch = [next]
      while (batch.length < maxBatch && queue.waiting[0]?.kind === 'create') {
        const more = queue.waiting.shift()
        if (more?.kind === 'create') batch.push(more)
      }
      await storeBatch(queue, batch)
    }
    queues.delete(key)
  }

  const enqueue = (siteId: string, threadId: string, item: Create | Change) => {
    const key = `${siteId} ${threadId}`
    const running = queues.get(key)
    if (running === undefined) {
      const queue: ThreadQueue = { siteId, threadId, waiting: [item] }
      queues.set(key, queue)
      void drain(key, queue)
    } else if (running.waiting.length >= maxWaiting) {
      item.reject(
        new ReparteeError('unavailable', 'too many changes are queued for this thread', { retryAfterMs: 1_000 }),
      )
    } else {
      running.waiting.push(item)
    }
  }

  return {
    create: (siteId, threadId, comment) =>
      new Promise((resolve, reject) =>
        enqueue(siteId, threadId, { kind: 'create', span: tracer.current(), comment, resolve, reject }),
      ),
    run: (siteId, threadId, kind, change) =>
      new Promise((resolve, reject) =>
        enqueue(siteId, threadId, { kind: 'change', span: tracer.current(), name: kind, change, resolve, reject }),
      ),
    get active() {
      return queues.size
    },
  }
}
