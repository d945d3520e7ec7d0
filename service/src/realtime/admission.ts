import { ReparteeError } from '@repartee/sdk/protocol'
import type { Clock } from '../core/ports/clock.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import { TokenBucket } from './token-bucket.ts'

const STEP_MS = 20
/** Whoever would wait longer is told to come back later: clients give up on an answer soon after. */
const LONGEST_WAIT_MS = 4_000

/** Lets those who greet and subscribe in one at a time, so that a storm of them costs a node no more than it can bear. */
export type Admission = {
  /**
   * Resolves when it is the caller's turn: sites take turns, so that the storm of one does not keep out the readers of
   * another. Rejects with `rate_limited` when the line is too long. Who is not `wanted` any more takes nobody's turn.
   */
  enter(site: string, wanted: () => boolean): Promise<void>
  /** Whether another connection had better go to another node. */
  readonly full: boolean
  /** Let everybody in who still waits. */
  close(): void
}

type Waiting = { readonly wanted: () => boolean; enter(): void; refuse(): void }

/** Open the door of a node: `perSecond` come in, a second's worth of them at once. */
export const createAdmission = (o: {
  perSecond: number
  now: Clock
  metrics: Metrics
  random?: () => number
}): Admission => {
  const maxWaiting = Math.ceil((o.perSecond * LONGEST_WAIT_MS) / 1_000)
  const bucket = new TokenBucket({ perSecond: o.perSecond, burst: o.perSecond }, o.now())
  const mayEnter = (): boolean => bucket.take(o.now())
  const random = o.random ?? Math.random
  /** In the order in which sites take their turns. */
  const lines = new Map<string, Waiting[]>()
  let waiting = 0
  let timer: NodeJS.Timeout | undefined

  const longest = (): string | undefined => [...lines].reduce((a, b) => (b[1].length > a[1].length ? b : a))[0]

  const takeFrom = (site: string, line: Waiting[], end: 'first' | 'last'): Waiting | undefined => {
    const taken = end === 'first' ? line.shift() : line.pop()
    lines.delete(site)
    // Behind the others: it has had its turn.
    if (line.length > 0) lines.set(site, line)
    waiting -= taken === undefined ? 0 : 1
    return taken
  }

  /** Next in turn who still wants in. */
  const next = (): Waiting | undefined => {
    for (;;) {
      const [first] = lines
      if (first === undefined) return undefined
      const taken = takeFrom(...first, 'first')
      if (taken?.wanted()) return taken
    }
  }

  const step = (): void => {
    timer = undefined
    while (waiting > 0 && mayEnter()) {
      const taken = next()
      taken?.enter()
    }
    schedule()
  }

  const schedule = (): void => {
    if (waiting > 0) timer ??= setTimeout(step, STEP_MS)
  }

  const refusal = (): ReparteeError => {
    o.metrics.count('rate_limited', { rule: 'admission' })
    const retryAfterMs = Math.round((waiting / o.perSecond) * 1_000 * (0.5 + random()))
    return new ReparteeError('rate_limited', 'too many readers come at once', { retryAfterMs })
  }

  return {
    get full() {
      return waiting >= maxWaiting
    },
    async enter(site, wanted) {
      if (waiting === 0 && mayEnter()) return
      if (waiting >= maxWaiting) {
        const crowd = longest()
        const line = crowd === undefined ? undefined : lines.get(crowd)
        if (crowd === undefined || line === undefined || (lines.get(site)?.length ?? 0) + 1 >= line.length)
          throw refusal()
        // The place of the last of the longest line goes to a site with a shorter one.
        takeFrom(crowd, line, 'last')?.refuse()
      }
      await new Promise<void>((resolve, reject) => {
        const line = lines.get(site) ?? []
        line.push({ wanted, enter: resolve, refuse: () => reject(refusal()) })
        lines.set(site, line)
        waiting += 1
        schedule()
      })
    },
    close() {
      clearTimeout(timer)
      for (const line of lines.values()) for (const { enter } of line) enter()
      lines.clear()
      waiting = 0
    },
  }
}
