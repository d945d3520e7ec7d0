import { newId } from '@repartee/sdk/protocol'
import { expect, test } from 'vitest'
import { type Engine, startEngine } from '../../src/adapters/pglite/engine.ts'
import { unpack } from '../../src/adapters/pglite/folder.ts'
import { supervise } from '../../src/adapters/pglite/supervise.ts'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { silent } from '../../testing/silent.ts'
import { preparedSeed } from './prepared-seed.ts'
import { tempFolder } from './temp-folder.ts'

/** Occupies the database's thread for longer than any test lasts, without using memory. */
const ENDLESS = 'select count(*) from (select generate_series(1, 1e15::int8)) as numbers'

test('when the database thread dies, statements reject with `unavailable` until it has restarted with all its data', async () => {
  const folder = await tempFolder()
  await unpack(await preparedSeed(), folder)
  const started: Engine[] = []
  const database = await supervise({ folder, seed: null }, silent, async (input) => {
    const engine = await startEngine(input)
    started.push(engine)
    return engine
  })
  await migrate(database.sql, { log: silent, now: Date.now })
  const store = createStore(database.sql)
  const siteId = newId()
  await store.threads.open({ siteId, id: newId(), page: '/a', url: '', title: '', nowAt: Date.now() })

  const running = database.sql.query(ENDLESS, [])
  const waiting = store.threads.findByPage(siteId, '/a')
  const rejected = [running, waiting].map((statement) =>
    expect(statement).rejects.toMatchObject({ code: 'unavailable', retryable: true }),
  )
  await started[0]?.terminate()
  await Promise.all(rejected)
  expect(database.healthy()).toBe(false)
  await expect(store.threads.findByPage(siteId, '/a')).rejects.toMatchObject({ code: 'unavailable' })

  await expect.poll(() => database.healthy(), { timeout: 15_000 }).toBe(true)
  expect(await store.threads.findByPage(siteId, '/a')).toMatchObject({ page: '/a' })
  expect(started).toHaveLength(2)
  await database.close()
  await expect(store.epoch()).rejects.toMatchObject({ code: 'unavailable' })
})

test('an error in a statement is passed on, and the next statement is run', async () => {
  const database = await supervise({ folder: null, seed: await preparedSeed() }, silent)
  await expect(database.sql.query('select 1 / 0', [])).rejects.toMatchObject({ code: '22012' })
  await expect(database.sql.query('nonsense', [])).rejects.toMatchObject({ code: '42601' })
  expect(await database.sql.query('select 1 as one', [])).toEqual([{ one: 1 }])
  expect(database.healthy()).toBe(true)
  await database.close()
})
