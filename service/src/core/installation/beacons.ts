import { LRUCache } from 'lru-cache'
import { parseUrl } from '../parse-url.ts'
import type { Clock } from '../ports/clock.ts'
import type { Beacon } from '../ports/installation-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Store } from '../ports/store.ts'

/** What readers' browsers tell by asking for comments, kept in memory and stored now and then. */
export type Beacons = {
  /** A page of an allowed origin asked for comments. Without an origin it may have been anyone. */
  seen(siteId: string, origin: string | null, url: string): void
  /** A page of an origin that the site does not list did. */
  refused(siteId: string, origin: string): void
  /** Store the rest and stop. */
  close(): Promise<void>
}

/** Sites with something to store; what is told about more of them before the next round is dropped, and counted. */
const MAX_SITES = 5_000
/** Origins of one site and kind between two rounds. */
const MAX_ORIGINS = 10
const MAX_PER_STATEMENT = 500
const ROUND_MS = 2_000
/** A busy site is stored once in this time by each node. */
const STORE_EVERY_MS = 60_000
/** A page is first checked this long after it was first seen. */
const FIRST_CHECK_MS = 5 * 60_000
/** Longer than any host name with its scheme and port. */
const MAX_ORIGIN_LENGTH = 270

type Waiting = Map<string, Beacon>

/** Whether browsers send such an origin: a scheme, host and port, or `null` for a file or a sandboxed frame. */
const isOrigin = (text: string): boolean =>
  text === 'null' || (text.length <= MAX_ORIGIN_LENGTH && /^https?:\/\//.test(text) && parseUrl(text)?.origin === text)

/** Create the node's memory of beacons. A new one is stored within seconds, so that a waiting owner sees it. */
export const createBeacons = (o: {
  store: Pick<Store, 'installations'>
  metrics: Pick<Metrics, 'count'>
  log: Logger
  now: Clock
  /** Monotonic. */
  steady: Clock
}): Beacons => {
  const waiting = new Map<string, Waiting>()
  const storedAt = new LRUCache<string, number>({ max: 2 * MAX_SITES })
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const note = (siteId: string, kind: Beacon['kind'], origin: string, url: string): void => {
    const site = waiting.get(siteId) ?? new Map<string, Beacon>()
    const key = `${kind} ${origin}`
    const known = site.get(key)
    const ofKind = [...site.keys()].filter((other) => other.startsWith(kind)).length
    const isFull = known === undefined && (ofKind >= MAX_ORIGINS || (!waiting.has(siteId) && waiting.size >= MAX_SITES))
    if (isFull || closed) {
      o.metrics.count('site_beacons', { outcome: 'dropped' })
      return
    }
    site.set(key, { siteId, kind, origin, url: url === '' ? (known?.url ?? '') : url, seenAt: o.now() })
    waiting.set(siteId, site)
    schedule()
  }

  const store = async (beacons: readonly Beacon[]): Promise<void> => {
    await o.store.installations.recordBeacons(beacons)
    const pages = beacons.filter(({ kind, url }) => kind === 'seen' && url !== '')
    if (pages.length > 0) await o.store.installations.addPages(pages, o.now() + FIRST_CHECK_MS)
    o.metrics.count('site_beacons', { outcome: 'stored' }, beacons.length)
  }

  /** Take what is due, oldest sites first. */
  const take = (all: boolean): Beacon[] => {
    const taken: Beacon[] = []
    for (const [siteId, site] of waiting) {
      if (taken.length + site.size > MAX_PER_STATEMENT) break
      if (!all && o.steady() - (storedAt.get(siteId) ?? Number.NEGATIVE_INFINITY) < STORE_EVERY_MS) continue
      taken.push(...site.values())
      waiting.delete(siteId)
      storedAt.set(siteId, o.steady())
    }
    return taken
  }

  const round = async (all = false): Promise<void> => {
    for (let beacons = take(all); beacons.length > 0; beacons = take(all)) {
      try {
        await store(beacons)
      } catch (error) {
        // The next visit tells the same again.
        o.metrics.count('site_beacons', { outcome: 'dropped' }, beacons.length)
        o.log.debug('beacons could not be stored', { error })
        return
      }
    }
  }

  const schedule = (): void => {
    if (timer !== undefined || closed || waiting.size === 0) return
    timer = setTimeout(() => {
      void round().finally(() => {
        timer = undefined
        schedule()
      })
    }, ROUND_MS)
    timer.unref()
  }

  return {
    seen(siteId, origin, url) {
      if (origin !== null && isOrigin(origin)) note(siteId, 'seen', origin, url)
    },
    refused(siteId, origin) {
      if (isOrigin(origin)) note(siteId, 'refused', origin, '')
    },
    async close() {
      clearTimeout(timer)
      await round(true)
      closed = true
    },
  }
}
