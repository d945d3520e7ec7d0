import { siteSettingsSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import type { Site } from '../site.ts'
import { createSiteCache } from './site-cache.ts'

const site: Site = {
  id: '0',
  publicKey: 'a',
  name: 'A',
  origins: [],
  settings: v.parse(siteSettingsSchema, {}),
  version: 1,
  partVersions: {},
  organisationId: null,
  createdAt: 0,
  deletesAt: null,
}

const start = () => {
  let nowAt = 0
  let reads = 0
  const cache = createSiteCache({ now: () => nowAt })
  let answer: () => Promise<Site | null> = async () => site
  const get = (key = 'a') =>
    cache.get(key, () => {
      reads += 1
      return answer()
    })
  return {
    cache,
    get,
    reads: () => reads,
    pass: (ms: number) => {
      nowAt += ms
    },
    answer: (next: typeof answer) => {
      answer = next
    },
  }
}

test('a site is read once in five seconds, however many requests need it', async () => {
  const t = start()
  await Promise.all(Array.from({ length: 20 }, () => t.get()))
  t.pass(4_999)
  expect(await t.get()).toBe(site)
  expect(t.reads()).toBe(1)
  t.pass(1)
  await t.get()
  expect(t.reads()).toBe(2)
})

test('an unknown site is cached too, until it is forgotten', async () => {
  const t = start()
  t.answer(async () => null)
  expect([await t.get(), await t.get()]).toEqual([null, null])
  expect(t.reads()).toBe(1)
  t.answer(async () => site)
  t.cache.forget('a')
  expect(await t.get()).toBe(site)
})

test('while the store is unavailable a cached site is returned, and an uncached one is an error', async () => {
  const t = start()
  await t.get()
  t.pass(60_000)
  t.answer(() => Promise.reject(new Error('away')))
  expect(await t.get()).toBe(site)
  await expect(t.get('b')).rejects.toThrow('away')
})
