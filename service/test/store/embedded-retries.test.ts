import { afterEach, expect, test, vi } from 'vitest'
import type { Engine } from '../../src/adapters/pglite/engine.ts'
import { supervise } from '../../src/adapters/pglite/supervise.ts'
import { silent } from '../../testing/silent.ts'

afterEach(() => void vi.useRealTimers())

const never = <T>(): Promise<T> => new Promise(() => undefined)

/** The embedded database over an engine that answers as given. */
const start = async (answer: (attempt: number) => Promise<unknown[]>) => {
  let sent = 0
  const query = async <Row>(): Promise<Row[]> => {
    sent += 1
    return (await answer(sent)) as Row[]
  }
  const engine: Engine = { sql: { query }, ask: never, ended: never(), close: never, terminate: never }
  const { sql } = await supervise({ folder: null, seed: null }, silent, async () => engine)
  return { sql, sent: () => sent }
}

const refuse = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }))

test('the embedded database has the same retry policy as a server', async () => {
  const conflicts = await start((attempt) => (attempt < 3 ? refuse('40001') : Promise.resolve(['row'])))
  expect(await conflicts.sql.query('delete from t', [])).toEqual(['row'])

  const full = await start(() => refuse('53100'))
  await expect(full.sql.query('delete from t', [])).rejects.toMatchObject({ code: 'unavailable' })
  expect(full.sent()).toBe(1)

  const mistaken = await start(() => refuse('42601'))
  await expect(mistaken.sql.query('nonsense', [])).rejects.toMatchObject({ code: '42601' })
})

test('a statement times out after five seconds, a schema change does not', async () => {
  vi.useFakeTimers()
  const { sql } = await start(never)
  const settled: string[] = []
  sql.query('select 1', []).catch((error: { code: string }) => settled.push(error.code))
  sql.query('create index', [], { noTimeout: true }).catch(() => settled.push('schema change'))
  await vi.advanceTimersByTimeAsync(4_999)
  expect(settled).toEqual([])
  await vi.advanceTimersByTimeAsync(60 * 60_000)
  expect(settled).toEqual(['unavailable'])
})
