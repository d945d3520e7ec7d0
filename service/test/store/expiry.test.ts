import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startExpiry } from '../../src/adapters/postgres/expiry.ts'
import type { Sql } from '../../src/adapters/postgres/sql.ts'
import { silent } from '../../testing/silent.ts'
import { everyStatement } from '../../testing/statements.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

beforeEach(() => {
  vi.useFakeTimers()
  // Somewhere between half an hour and one and a half: an hour.
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** A database with expired rows only, which records its statements. */
const standIn = (expired: number) => {
  const sent: { text: string; params: readonly unknown[] }[] = []
  let failing = false
  const sql: Sql = {
    query: async <Row>(text: string, params: readonly unknown[]) => {
      sent.push({ text, params })
      if (failing) throw new Error('no')
      return (
        text.startsWith('select') ? Array.from({ length: expired }, () => ({ site_id: 's', id: 'i' })) : []
      ) as Row[]
    },
  }
  const fail = (): void => {
    failing = true
  }
  return { sql, sent, fail }
}

test('what expired a day ago is deleted about once an hour, even after a failure, until stopped', async () => {
  const warned = vi.fn()
  const database = standIn(3)
  const stop = startExpiry(database.sql, { log: { ...silent, warn: warned }, now: () => 5 * DAY_MS })
  await vi.advanceTimersByTimeAsync(1.5 * HOUR_MS)
  // By then a second one may have been due: they come half an hour to one and a half after each other.
  expect(database.sent.slice(0, 6).map(({ text }) => /^select|delete from \w+/.exec(text)?.[0])).toEqual([
    'select',
    'delete from credentials',
    'select',
    'delete from mail_outbox',
    'select',
    'delete from site_beacons',
  ])
  for (const { text, params } of database.sent)
    if (text.startsWith('select')) expect(params[0]).toBe(new Date(4 * DAY_MS).toISOString())
  database.fail()
  await vi.advanceTimersByTimeAsync(3 * HOUR_MS)
  expect(warned.mock.calls.length).toBeGreaterThanOrEqual(2)
  stop()
  const { length } = database.sent
  await vi.advanceTimersByTimeAsync(10 * HOUR_MS)
  expect(database.sent).toHaveLength(length)
})

test('when nothing has expired, nothing is written', async () => {
  const database = standIn(0)
  const stop = startExpiry(database.sql, { log: silent, now: () => 5 * DAY_MS })
  await vi.advanceTimersByTimeAsync(10 * HOUR_MS)
  stop()
  expect(database.sent.length).toBeGreaterThan(5)
  expect(database.sent.filter(({ text }) => !text.startsWith('select'))).toEqual([])
})

test('CockroachDB expires rows itself, PostgreSQL has an index for the service, and neither has both', async () => {
  const tables = ['credentials', 'account_sessions', 'account_links', 'mail_outbox', 'site_beacons']
  const texts = async (dialect: 'postgres' | 'cockroach') =>
    (await everyStatement(dialect)).sent.map(({ text }) => text).join('\n')
  for (const table of tables) {
    const ttl = new RegExp(`alter table ${table} set \\(ttl_expiration_expression = 'expires_at'`)
    const index = new RegExp(`create index .* on ${table} \\(expires_at\\)`)
    expect(await texts('cockroach')).toMatch(ttl)
    expect(await texts('cockroach')).not.toMatch(index)
    expect(await texts('postgres')).toMatch(index)
    expect(await texts('postgres')).not.toMatch(ttl)
  }
})
