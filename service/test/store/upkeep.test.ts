import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Database } from '../../src/adapters/pglite/supervise.ts'
import { startUpkeep } from '../../src/adapters/pglite/upkeep.ts'
import { silent } from '../../testing/silent.ts'
import { tempFolder } from './temp-folder.ts'

const MINUTE_MS = 60_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

const start = async () => {
  const folder = await tempFolder()
  for (const name of ['base', 'global', 'pg_wal', 'pg_xact']) await mkdir(join(folder, name), { recursive: true })
  const state = { writes: 0, done: [] as string[] }
  const database: Pick<Database, 'maintain' | 'copy' | 'writes'> = {
    maintain: async (text) => void state.done.push(text),
    copy: async (to) => {
      await writeFile(join(to, 'PG_VERSION'), '18')
      state.done.push('copy')
    },
    writes: () => state.writes,
  }
  const upkeep = startUpkeep(database, folder, silent)
  const count = (what: string): number => state.done.filter((one) => one === what).length
  return { ...upkeep, state, count, backups: () => readdir(`${folder}-backups`) }
}

test('a database without writes is left alone', async () => {
  const { state, stop } = await start()
  await vi.advanceTimersByTimeAsync(13 * 60 * MINUTE_MS)
  await stop()
  expect(state.done).toEqual([])
})

test('a write is followed by one checkpoint within five minutes and one vacuum within the hour', async () => {
  const { state, count, stop } = await start()
  state.writes = 1
  await vi.advanceTimersByTimeAsync(5 * MINUTE_MS)
  await expect.poll(() => count('checkpoint')).toBe(1)
  expect(count('vacuum (analyze)')).toBe(0)
  await vi.advanceTimersByTimeAsync(60 * MINUTE_MS)
  await expect.poll(() => count('vacuum (analyze)')).toBe(1)
  expect(count('checkpoint')).toBe(1)
  await stop()
})

test('statistics are updated after fifty writes, and again each time the writes have quadrupled', async () => {
  const { state, count, stop } = await start()
  for (const [writes, times] of [
    [50, 1],
    [200, 2],
    [800, 3],
  ] as const) {
    state.writes = writes
    await vi.advanceTimersByTimeAsync(1_000)
    await expect.poll(() => count('analyze')).toBe(times)
  }
  state.writes = 3_199
  await vi.advanceTimersByTimeAsync(60_000)
  // Stopping waits for everything that was due.
  await stop()
  expect(count('analyze')).toBe(3)
  expect(count('checkpoint')).toBe(0)
})

test('many writes cause an early checkpoint', async () => {
  const { state, count, stop } = await start()
  state.writes = 20_000
  await vi.advanceTimersByTimeAsync(1_000)
  await expect.poll(() => count('checkpoint')).toBe(1)
  await stop()
})

test('a backup is made every six hours if there were writes, and the last seven are kept', async () => {
  const { state, count, backups, stop } = await start()
  const made: string[] = []
  for (let n = 1; n <= 9; n += 1) {
    state.writes = n
    await vi.advanceTimersByTimeAsync(6 * 60 * MINUTE_MS)
    await expect.poll(() => count('copy')).toBe(n)
    await expect.poll(async () => (await backups()).filter((name) => name.startsWith('.'))).toEqual([])
    made.push(...(await backups()).filter((name) => !made.includes(name)))
  }
  await stop()
  expect(count('copy')).toBe(9)
  expect(await backups()).toEqual(made.slice(-7))
})
