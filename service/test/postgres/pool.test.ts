import { newId } from '@repartee/sdk/protocol'
import { installed } from '@repartee/tools/servers/find-program'
import { describe, expect, test, vi } from 'vitest'
import { openGateways } from './proxied-gateways.ts'

const terminateConnections = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and application_name = 'repartee'`

describe.runIf(installed('postgres'))('connections to a database', () => {
  test('sessions have time limits and a name', async () => {
    const { database } = await openGateways(1)
    const rows = await database.sql.query(
      `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle, current_setting('application_name') as name,
        current_setting('transaction_isolation') as isolation, 9007199254740991::int8 as exact, count(*) as counted`,
      [],
    )
    expect(rows).toEqual([
      {
        ...{ statement: '3s', lock: '2s', idle: '10s', name: 'repartee' },
        ...{ isolation: 'read committed', exact: Number.MAX_SAFE_INTEGER, counted: 1 },
      },
    ])
    expect(database.dialect).toBe('postgres')
  })

  test('a statement that takes too long is refused, not retried', async () => {
    const { database, proxies } = await openGateways(1)
    const before = proxies[0]?.statements ?? 0
    const startedAt = Date.now()
    await expect(database.sql.query('select pg_sleep(20)', [])).rejects.toMatchObject({ code: 'unavailable' })
    // The limit is three seconds; what takes twenty is not waited out.
    expect(Date.now() - startedAt).toBeLessThan(15_000)
    expect((proxies[0]?.statements ?? 0) - before).toBe(1)
    expect(await database.sql.query('select 1 as one', [])).toEqual([{ one: 1 }])
  })

  test('a write that is not repeatable is not sent again when its answer is lost', async () => {
    const { database, proxies, direct } = await openGateways(1)
    const [name, value] = [newId(), newId()]
    proxies[0]?.plan.add({ kind: 'cut when answered' }, 1, /insert into meta/)
    const insert = 'insert into meta (name, value) values ($1::text, $2::text)'
    await expect(database.sql.query(insert, [name, value])).rejects.toMatchObject({ code: 'unavailable' })
    const stored = 'select m.value from meta m where m.name = $1::text'
    expect(await direct.sql.query(stored, [name])).toEqual([{ value }])
    expect(proxies[0]?.plan.met).toBe(1)
    // A read is always repeatable.
    proxies[0]?.plan.add({ kind: 'cut when answered' }, 1, /select m.value/)
    expect(await database.sql.query(stored, [name])).toEqual([{ value }])
    expect(proxies[0]?.plan.met).toBe(2)
  })

  test('an error in a statement is passed on, and the connection kept', async () => {
    const { database } = await openGateways(1)
    await database.sql.query('select 1', [])
    await expect(database.sql.query('select nothing from nowhere', [])).rejects.toMatchObject({ code: '42P01' })
    await expect(database.sql.query('select $1::uuid', ['no id'])).rejects.toMatchObject({ code: '22P02' })
    expect(database.states()).toMatchObject([{ state: 'closed', active: 0, idle: 1 }])
  })

  test('a statement prepared before a schema change is prepared again', async () => {
    const { database, direct, counted } = await openGateways(1)
    await direct.sql.query('create table changing (a int4)', [])
    expect(await database.sql.query('select * from changing', [])).toEqual([])
    await direct.sql.query('alter table changing add column b int4', [])
    await direct.sql.query('insert into changing values (1, 2)', [])
    expect(await database.sql.query('select * from changing', [])).toEqual([{ a: 1, b: 2 }])
    expect(counted('db_retries')).toEqual({ '0A000': 1 })
  })

  test('statements beyond the length of the queue are refused at once, the others are run', async () => {
    const { database, proxies } = await openGateways(1, { maxConnections: 2 })
    proxies[0]?.delay(20)
    const answers = await Promise.allSettled(Array.from({ length: 60 }, () => database.sql.query('select 1', [])))
    const refused = answers.filter((answer) => answer.status === 'rejected')
    expect(refused.length).toBeGreaterThanOrEqual(60 - 2 - 40)
    expect(refused.length).toBeLessThan(60)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 })
    expect(proxies[0]?.connections).toBeLessThanOrEqual(2)
  })

  test('connections terminated by an operator are replaced without a failed statement', async () => {
    const { database, direct, counted } = await openGateways(1)
    await Promise.all(Array.from({ length: 5 }, () => database.sql.query('select 1', [])))
    await direct.sql.query(terminateConnections, [])
    for (let n = 0; n < 20; n += 1) expect(await database.sql.query('select 1 as one', [])).toEqual([{ one: 1 }])
    // Once; on a busy machine the last of them may end when the host is already used again.
    await vi.waitFor(
      () => {
        const { draining = 0, closed = 0, ...others } = counted('db_breaker')
        expect(draining).toBeGreaterThanOrEqual(1)
        expect([closed, others]).toEqual([draining, {}])
      },
      { timeout: 15_000 },
    )
  })

  test('a host that refuses connections because it has too many is not considered down', async () => {
    const { database, proxies } = await openGateways(2)
    proxies[0]?.turnAway('53300')
    await Promise.all(Array.from({ length: 30 }, () => database.sql.query('select 1', [])))
    expect(database.states().map(({ state }) => state)).toEqual(['closed', 'closed'])
  })

  test('closing waits for running statements', async () => {
    const { database } = await openGateways(1)
    const slow = database.sql.query('select pg_sleep(2), 1 as one', [])
    await vi.waitFor(() => expect(database.states()[0]?.active).toBe(1), { timeout: 15_000, interval: 10 })
    await database.close()
    expect(await slow).toMatchObject([{ one: 1 }])
    await expect(database.sql.query('select 1', [])).rejects.toMatchObject({ code: 'unavailable' })
    expect(database.healthy()).toBe(false)
  })
})
