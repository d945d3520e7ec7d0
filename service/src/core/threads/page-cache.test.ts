import type { Comment } from '@repartee/sdk/protocol'
import { expect, test } from 'vitest'
import type { Metrics } from '../ports/metrics.ts'
import { createPageCache, type Page, type PageKey } from './page-cache.ts'

const comment = (html: string): Comment => ({
  id: 'id',
  threadId: 'thread',
  parentId: null,
  rootId: 'id',
  depth: 0,
  seq: 1,
  createdSeq: 1,
  author: { id: 'author', name: 'Ann' },
  html,
  status: 'approved',
  createdAt: 0,
  reactions: {},
  replyCount: 0,
  pinned: false,
})
const page = (html = ''): Page => ({ comments: [comment(html)], next: null })
const key: PageKey = { siteId: 's', threadId: 't', sort: 'newest', cursor: null, limit: 25, head: 1 }

const start = (maxBytes = 1_000_000) => {
  const results: string[] = []
  const metrics: Metrics = {
    count: (_, labels) => results.push(labels?.result ?? ''),
    observe() {},
    gauge() {},
  }
  return { cache: createPageCache({ maxBytes, metrics }), results }
}

test('a page is read once for concurrent and later calls', async () => {
  const { cache, results } = start()
  let reads = 0
  let answer: (page: Page) => void = () => {}
  const read = () => {
    reads += 1
    return new Promise<Page>((resolve) => {
      answer = resolve
    })
  }
  const asked = [cache.get(key, read), cache.get(key, read), cache.get(key, read)]
  await Promise.resolve()
  const made = page()
  answer(made)
  for (const got of await Promise.all(asked)) expect(got).toBe(made)
  expect(await cache.get(key, read)).toBe(made)
  expect(reads).toBe(1)
  expect(results.sort()).toEqual(['hit', 'hit', 'hit', 'miss'])
})

test('pages differ by every part of the key', async () => {
  const { cache } = start()
  const others: Partial<PageKey>[] = [
    { siteId: 's2' },
    { threadId: 't2' },
    { sort: 'top' },
    { cursor: '1' },
    { limit: 26 },
    { head: 2 },
  ]
  const first = await cache.get(key, async () => page())
  for (const other of others) expect(await cache.get({ ...key, ...other }, async () => page('x'))).not.toBe(first)
  expect(cache.size).toBe(7)
})

test('a failure reaches all concurrent calls and is not cached', async () => {
  const { cache } = start()
  const failing = () => Promise.reject(new Error('away'))
  const both = await Promise.allSettled([cache.get(key, failing), cache.get(key, failing)])
  expect(both.map((result) => result.status)).toEqual(['rejected', 'rejected'])
  expect((await cache.get(key, async () => page('ok'))).comments[0]?.html).toBe('ok')
})

test('memory is bounded: the least recently used pages are evicted, and a page that is too large is not cached', async () => {
  const { cache } = start(100_000)
  for (let head = 1; head <= 50; head += 1) {
    await cache.get({ ...key, head: 0 }, async () => page('kept'))
    await cache.get({ ...key, head }, async () => page('x'.repeat(5_000)))
  }
  expect(cache.size).toBeLessThan(12)
  const refuse = () => Promise.reject(new Error('read again'))
  expect((await cache.get({ ...key, head: 0 }, refuse)).comments[0]?.html).toBe('kept')
  await expect(cache.get({ ...key, head: 1 }, refuse)).rejects.toThrow('read again')
  const huge = page('x'.repeat(200_000))
  expect(await cache.get({ ...key, head: 99 }, async () => huge)).toBe(huge)
  await expect(cache.get({ ...key, head: 99 }, refuse)).rejects.toThrow('read again')
})
