import { newId } from '@repartee/sdk/protocol'
import { expect, test } from 'vitest'
import { openPglite } from '../../src/adapters/pglite/open-pglite.ts'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { silent } from '../../testing/silent.ts'
import { preparedSeed } from './prepared-seed.ts'
import { printed, startChild } from './start-child.ts'
import { tempFolder } from './temp-folder.ts'

test('everything acknowledged before a kill is stored exactly once, over several rounds', async () => {
  const [folder, seed] = [await tempFolder(), await preparedSeed()]
  const [siteId, threadId] = [newId(), newId()]
  const acknowledged: string[] = []
  for (let round = 0; round < 3; round += 1) {
    const child = startChild(folder, seed, siteId, threadId)
    await printed(child, 301)
    await child.kill()
    acknowledged.push(...child.lines().slice(1))
  }
  const database = await openPglite({ dataDir: folder, seed, log: silent })
  const store = createStore(database.sql)
  const rows: { id: string; seq: number }[] = []
  for (let since = 0; ; since = rows.at(-1)?.seq ?? 0) {
    const page = await store.comments.changedSince({ siteId, threadId, since, limit: 500 })
    if (page.length === 0) break
    rows.push(...page)
  }
  await database.close()
  const stored = rows.map(({ id }) => id)
  expect(acknowledged.length).toBeGreaterThanOrEqual(900)
  expect(acknowledged.filter((id) => !stored.includes(id))).toEqual([])
  expect(new Set(stored).size).toBe(stored.length)
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1))
}, 90_000)

test('a second process is refused with the pid of the first, and can open the folder once that has exited', async () => {
  const [folder, seed] = [await tempFolder(), await preparedSeed()]
  const first = startChild(folder, seed, newId(), newId(), 'hold')
  await printed(first, 1)
  const second = startChild(folder, seed, newId(), newId(), 'hold')
  expect(await second.exited).not.toBe(0)
  expect(second.errors()).toContain(`${folder} is in use by process ${first.process.pid}`)
  await first.kill()
  const third = startChild(folder, seed, newId(), newId(), 'hold')
  await printed(third, 1)
  await third.kill()
}, 60_000)
