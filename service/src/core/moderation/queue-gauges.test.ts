import { ReparteeError } from '@repartee/sdk/protocol'
import { expect, test } from 'vitest'
import { eventually } from '../../../testing/eventually.ts'
import type { Logger } from '../ports/logger.ts'
import type { SiteQueue } from '../ports/site-store.ts'
import type { Store } from '../ports/store.ts'
import { createQueueGauges } from './queue-gauges.ts'

const log: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }
const MINUTE_MS = 60_000

const start = (queues: SiteQueue[]) => {
  const gauges: Record<string, number> = {}
  const asked: (string | null)[] = []
  let nowAt = 1_000_000
  let steadyAt = 0
  let answer: (after: string | null, limit: number) => Promise<SiteQueue[]> = async (after, limit) =>
    queues.filter(({ siteId }) => after === null || siteId > after).slice(0, limit)
  const sites: Pick<Store['sites'], 'queues'> = {
    queues: (after, limit) => {
      asked.push(after)
      return answer(after, limit)
    },
  }
  const watch = createQueueGauges({
    store: { sites: sites as Store['sites'] },
    metrics: {
      count() {},
      observe() {},
      gauge(name, value) {
        gauges[name] = value
      },
    },
    log,
    now: () => nowAt,
    steady: () => steadyAt,
  })
  return {
    watch,
    gauges,
    asked,
    pass(ms: number) {
      nowAt += ms
      steadyAt += ms
    },
    answering(next: typeof answer) {
      answer = next
    },
    /** Refresh, and again once the read that the first started has finished. */
    async see() {
      watch.refresh()
      await eventually(() => {
        watch.refresh()
        expect(gauges).toHaveProperty('moderation_queue')
      })
      return gauges
    },
  }
}

const queue = (n: number, pending: number, oldestAt: number | null): SiteQueue => ({
  siteId: String(n).padStart(5, '0'),
  pending,
  oldestAt,
})

test('the gauges have no value before the first read, and then the sums of all sites', async () => {
  const t = start([queue(1, 0, null), queue(2, 3, 900_000), queue(3, 1, 400_000)])
  t.watch.refresh()
  expect(t.gauges).toEqual({})
  expect(await t.see()).toEqual({
    moderation_queue: 4,
    moderation_queue_sites: 2,
    moderation_queue_age_seconds: 600,
  })
})

test('with empty queues the age is 0', async () => {
  const t = start([queue(1, 0, null)])
  expect(await t.see()).toMatchObject({ moderation_queue: 0, moderation_queue_age_seconds: 0 })
})

test('the database is read at most once a minute, and only on a scrape', async () => {
  const t = start([queue(1, 1, 900_000)])
  await t.see()
  for (let i = 0; i < 10; i += 1) t.watch.refresh()
  t.pass(MINUTE_MS - 1)
  t.watch.refresh()
  expect(t.asked).toHaveLength(1)
  t.pass(1_000 * MINUTE_MS)
  expect(t.asked).toHaveLength(1)
  t.watch.refresh()
  expect(t.asked).toHaveLength(2)
})

test('every site is read, 500 at a time', async () => {
  const t = start(Array.from({ length: 1_001 }, (_, n) => queue(n, 1, 900_000)))
  expect(await t.see()).toMatchObject({ moderation_queue: 1_001, moderation_queue_sites: 1_001 })
  expect(t.asked).toEqual([null, '00499', '00999'])
})

test('while the database is unavailable the last known age grows, and a minute later it is read again', async () => {
  const t = start([queue(1, 1, 900_000)])
  await t.see()
  t.answering(() => Promise.reject(new ReparteeError('unavailable')))
  t.pass(MINUTE_MS)
  t.watch.refresh()
  await new Promise((resolve) => setImmediate(resolve))
  t.watch.refresh()
  expect(t.gauges).toMatchObject({ moderation_queue: 1, moderation_queue_age_seconds: 160 })
  expect(t.asked).toHaveLength(2)
  t.answering(async () => [])
  t.pass(MINUTE_MS)
  t.watch.refresh()
  await eventually(() => {
    t.watch.refresh()
    expect(t.gauges).toMatchObject({ moderation_queue: 0, moderation_queue_age_seconds: 0 })
  })
})

test('reads do not overlap, and a slow one is followed by a pause twenty times as long', async () => {
  const t = start([queue(1, 1, 900_000)])
  let finish = (_: SiteQueue[]): void => undefined
  t.answering(() => new Promise((resolve) => (finish = resolve)))
  t.watch.refresh()
  t.pass(10 * MINUTE_MS)
  t.watch.refresh()
  expect(t.asked).toHaveLength(1)
  finish([])
  await eventually(() => {
    t.watch.refresh()
    expect(t.gauges).toMatchObject({ moderation_queue: 0 })
  })
  t.pass(199 * MINUTE_MS)
  t.watch.refresh()
  expect(t.asked).toHaveLength(1)
  t.pass(MINUTE_MS)
  t.watch.refresh()
  expect(t.asked).toHaveLength(2)
})
