import { ReparteeError } from '@repartee/sdk/protocol'
import type { Clock } from '../core/ports/clock.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import { TokenBucket } from './token-bucket.ts'

const TICK_MS = 20
/** Longer waits are refused instead: clients stop waiting for an answer soon after. */
const MAX_WAIT_MS = 4_000

/** Admits `hello` and `subscribe` at a limited rate, so that a storm of them cannot overload a node. */
export type Admission = {
  /**
   * Resolves when the caller is admitted. Sites take turns, so that a storm on one does not delay the readers of another.
   * Rejects with `rate_limited` when the queue is full. A caller that is no longer `wanted` loses its place.
   */
  enter(site: string, wanted: () => boolean): Promise<void>
  /** Whether the queue is full, so that new connections should go to another node. */
  readonly full: boolean
  /** Admit all that still wait. */
  close(): void
}

type Waiter = { readonly wanted: () => boolean; admit(): void; refuse(): void }

/** Start admitting `perSecond`, with bursts of one second's worth. */
export const createAdmission = (o: {
  perSecond: number
  now: Clock
  metrics: Metrics
  random?: () => number
}): Admission => {
  const maxWaiting = Math.ceil((o.perSecond * MAX_WAIT_MS) / 1_000)
  const bucket = new TokenBucket({ perSecond: o.perSecond, burst: o.perSecond }, o.now())
  const random = o.random ?? Math.random
  /** The queue of each site, in the order in which the sites take turns. */
  const queues = new Map<string, Waiter[]>()
  let waiting = 0
  let timer: NodeJS.Timeout | undefined

  const longestQueue = (): string | undefined => [...queues].reduce((a, b) => (b[1].length > a[1].length ? b : a))[0]

  const takeFrom = (site: string, queue: Waiter[], end: 'first' | 'last'): Waiter | undefined => {
    const taken = end === 'first' ? queue.shift() : queue.pop()
    queues.delete(site)
    // Back in at the end: this site has had its turn.
    if (queue.length > 0) queues.set(site, queue)
    waiting -= taken === undefined ? 0 : 1
    return taken
  }

  /** The next caller that is still wanted. */
  const next = (): Waiter | undefined => {
    for (;;) {
      const [first] = queues
      if (first === undefined) return undefined
      const taken = takeFrom(...first, 'first')
      if (taken?.wanted()) return taken
    }
  }

  const admitSome = (): void => {
    timer = undefined
    while (waiting > 0 && bucket.take(o.now())) next()?.admit()
    schedule()
  }

  const schedule = (): void => {
    if (waiting > 0) timer ??= setTimeout(admitSome, TICK_MS)
  }

  const refusal = (): ReparteeError => {
    o.metrics.count('rate_limited', { rule: 'admission' })
    const retryAfterMs = Math.round((waiting / o.perSecond) * 1_000 * (0.5 + random()))
    return new ReparteeError('rate_limited', 'too many readers are connecting', { retryAfterMs })
  }

  return {
    get full() {
      return waiting >= maxWaiting
    },
    async enter(site, wanted) {
      if (waiting === 0 && bucket.take(o.now())) return
      if (waiting >= maxWaiting) {
        const longest = longestQueue()
        const queue = longest === undefined ? undefined : queues.get(longest)
        if (longest === undefined || queue === undefined || (queues.get(site)?.length ?? 0) + 1 >= queue.length)
          throw refusal()
        // The last of the longest queue gives up its place to a site with a shorter one.
        takeFrom(longest, queue, 'last')?.refuse()
      }
      await new Promise<void>((resolve, reject) => {
        const queue = queues.get(site) ?? []
        queue.push({ wanted, admit: resolve, refuse: () => reject(refusal()) })
        queues.set(site, queue)
        waiting += 1
        schedule()
      })
    },
    close() {
      clearTimeout(timer)
      for (const queue of queues.values()) for (const { admit } of queue) admit()
      queues.clear()
      waiting = 0
    },
  }
}
