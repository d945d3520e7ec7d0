import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { silent } from '../../../testing/silent.ts'
import type { Beacon, InstallationStore } from '../ports/installation-store.ts'
import { createBeacons } from './beacons.ts'

const ORIGIN = 'https://blog.example'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

const start = () => {
  const recorded: Beacon[][] = []
  const pages: string[] = []
  const counted: Record<string, number> = {}
  let failing = false
  const installations = {
    recordBeacons: async (beacons: readonly Beacon[]) => {
      if (failing) throw new Error('away')
      recorded.push([...beacons])
    },
    addPages: async (added: readonly { url: string }[]) => void pages.push(...added.map(({ url }) => url)),
  } as unknown as InstallationStore
  const beacons = createBeacons({
    store: { installations },
    metrics: {
      count: (_, labels, by = 1) => {
        const outcome = labels?.outcome ?? ''
        counted[outcome] = (counted[outcome] ?? 0) + by
      },
    },
    log: silent,
    now: () => Date.now(),
    steady: () => Date.now(),
  })
  return {
    beacons,
    recorded,
    pages,
    counted,
    fail: (value: boolean) => {
      failing = value
    },
  }
}

test('the first visit of a page is stored within seconds, and its page is noted to be checked', async () => {
  const t = start()
  t.beacons.seen('a', ORIGIN, `${ORIGIN}/post`)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(t.recorded).toEqual([
    [{ siteId: 'a', kind: 'seen', origin: ORIGIN, url: `${ORIGIN}/post`, seenAt: 1_000_000 }],
  ])
  expect(t.pages).toEqual([`${ORIGIN}/post`])
})

test('a busy site is stored once a minute, with its last visit; nothing is stored without visits', async () => {
  const t = start()
  for (let second = 0; second < 300; second += 1) {
    t.beacons.seen('a', ORIGIN, '')
    await vi.advanceTimersByTimeAsync(1_000)
  }
  expect(t.recorded.length).toBeGreaterThanOrEqual(5)
  expect(t.recorded.length).toBeLessThanOrEqual(6)
  const times = t.recorded.flat().map(({ seenAt }) => seenAt)
  for (const [i, at] of times.slice(1).entries()) expect(at - (times[i] ?? 0)).toBeGreaterThan(55_000)
  await vi.advanceTimersByTimeAsync(120_000)
  const { length } = t.recorded
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(t.recorded).toHaveLength(length)
})

test('many sites go in few statements', async () => {
  const t = start()
  for (let n = 0; n < 1_200; n += 1) t.beacons.seen(`s${n}`, ORIGIN, '')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(t.recorded.map(({ length }) => length)).toEqual([500, 500, 200])
})

test('a site’s busy neighbour does not delay it', async () => {
  const t = start()
  t.beacons.seen('busy', ORIGIN, '')
  await vi.advanceTimersByTimeAsync(2_000)
  t.beacons.seen('busy', ORIGIN, '')
  t.beacons.seen('new', ORIGIN, '')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(t.recorded.map((beacons) => beacons.map(({ siteId }) => siteId))).toEqual([['busy'], ['new']])
})

test('visits that tell no origin, and texts that are none, are not noted', async () => {
  const t = start()
  t.beacons.seen('a', null, '')
  for (const origin of [
    '',
    'blog.example',
    `${ORIGIN}/`,
    'file://',
    `https://${'a'.repeat(300)}.example`,
    'x'.repeat(9_000),
  ])
    t.beacons.refused('a', origin)
  t.beacons.refused('a', 'null')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(t.recorded.flat().map(({ kind, origin }) => [kind, origin])).toEqual([['refused', 'null']])
})

test('strangers can fill neither the memory nor the database', async () => {
  const t = start()
  for (let n = 0; n < 1_000; n += 1) t.beacons.refused('a', `https://h${n}.example`)
  for (let n = 0; n < 20_000; n += 1) t.beacons.refused(`s${n}`, ORIGIN)
  await vi.advanceTimersByTimeAsync(2_000)
  const stored = t.recorded.flat()
  expect(stored.filter(({ siteId }) => siteId === 'a')).toHaveLength(10)
  expect(stored).toHaveLength(10 + 4_999)
  expect(t.counted).toEqual({ stored: stored.length, dropped: 21_000 - stored.length })
  expect(Math.max(...t.recorded.map(({ length }) => length))).toBeLessThanOrEqual(500)
})

test('refused origins leave room for the site’s own', async () => {
  const t = start()
  for (let n = 0; n < 50; n += 1) t.beacons.refused('a', `https://h${n}.example`)
  t.beacons.seen('a', ORIGIN, '')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(t.recorded.flat().filter(({ kind }) => kind === 'seen')).toHaveLength(1)
})

test('what the database did not take is counted, and told again by the next visit', async () => {
  const t = start()
  t.fail(true)
  t.beacons.seen('a', ORIGIN, '')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(t.counted).toEqual({ dropped: 1 })
  t.fail(false)
  t.beacons.seen('a', ORIGIN, '')
  await vi.advanceTimersByTimeAsync(62_000)
  expect(t.recorded).toHaveLength(1)
})

test('closing stores the rest at once', async () => {
  const t = start()
  t.beacons.seen('a', ORIGIN, '')
  await vi.advanceTimersByTimeAsync(2_000)
  t.beacons.seen('a', ORIGIN, '')
  await t.beacons.close()
  expect(t.recorded).toHaveLength(2)
  t.beacons.seen('a', ORIGIN, '')
  await vi.advanceTimersByTimeAsync(120_000)
  expect(t.recorded).toHaveLength(2)
})
