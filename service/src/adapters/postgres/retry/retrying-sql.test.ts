import { ReparteeError } from '@repartee/sdk/protocol'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { QueryOptions } from '../sql.ts'
import { createRetryBudget } from './retry-budget.ts'
import { createRetryingSql } from './retrying-sql.ts'
import { NotConnectedError, QueryTimeoutError } from './statement-errors.ts'
import type { StatementHost } from './statement-host.ts'

const WRITE = 'insert into t (a) values (1)'
const STALE = [{ stale: true }]
const isStale = (rows: readonly unknown[]): boolean => rows === STALE
const coded = (code: string): Error => Object.assign(new Error(code), { code })

// No jitter: no pauses.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

/** Hosts that give the same sequence of answers, each of which advances the clock by `tookMs`. */
const start = (
  answers: (attempt: number) => unknown,
  o: { hosts?: number; tookMs?: number; reserve?: number } = {},
) => {
  let at = 1_000_000
  const sent: { host: number; at: number }[] = []
  const reported: string[] = []
  const retried: string[] = []
  const createHost = (index: number): StatementHost => {
    const run = async <Row>(): Promise<Row[]> => {
      sent.push({ host: index, at })
      at += o.tookMs ?? 1
      const answer = answers(sent.length)
      if (answer instanceof Error) throw answer
      return answer as Row[]
    }
    const report: StatementHost['report'] = (failure) => reported.push(failure === null ? 'success' : failure.host)
    return { isOpen: false, retryAfterMs: 0, load: 0, run, runWithoutTimeout: run, report }
  }
  const sql = createRetryingSql({
    hosts: Array.from({ length: o.hosts ?? 1 }, (_, index) => createHost(index)),
    budget: createRetryBudget({ now: () => at, reserve: o.reserve ?? 1_000 }),
    onRetry: (cause) => retried.push(cause),
    now: () => at,
  })
  const query = (options: QueryOptions = {}, text = WRITE): Promise<unknown> =>
    sql.query(text, [], options).catch((error: unknown) => error)
  return { query, sent, reported, retried }
}

const failures: readonly (() => unknown)[] = [
  () => STALE,
  () => coded('40001'),
  () => coded('40003'),
  () => coded('57P01'),
  () => coded('ECONNRESET'),
  () => new QueryTimeoutError(),
  () => new NotConnectedError('breaker_open'),
  () => new NotConnectedError('ECONNREFUSED'),
]

test('however failures alternate, stale heads included, there are eight attempts in total', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...failures), { minLength: 8, maxLength: 64 }), async (order) => {
      const { query, sent, retried } = start((attempt) => order[(attempt - 1) % order.length]?.())
      expect(await query({ repeatable: true, isStale })).toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 })
      expect(sent).toHaveLength(8)
      expect(retried).toHaveLength(7)
    }),
  )
})

test('no attempt starts later than five seconds after the first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...failures), fc.integer({ min: 1, max: 6_000 }), async (failure, tookMs) => {
      const { query, sent } = start(failure, { tookMs })
      expect(await query({ repeatable: true, isStale })).toMatchObject({ code: 'unavailable' })
      expect(sent).toHaveLength(Math.min(8, Math.ceil(5_000 / tookMs)))
    }),
  )
})

test('a statement without a time limit is retried after the deadline too', async () => {
  const { query, sent } = start((attempt) => (attempt < 3 ? coded('40001') : []), { tookMs: 60_000 })
  expect(await query({ noTimeout: true })).toEqual([])
  expect(sent).toHaveLength(3)
})

test('a statement that may have been committed is sent again only if it is repeatable', async () => {
  const lost = (attempt: number) => (attempt < 3 ? coded('40003') : [])
  const write = start(lost)
  expect(await write.query()).toMatchObject({ code: 'unavailable' })
  expect(write.sent).toHaveLength(1)

  const read = start(lost)
  expect(await read.query({}, 'select 1')).toEqual([])

  const onRepeat = vi.fn()
  const repeatable = start(lost)
  expect(await repeatable.query({ repeatable: true, onRepeat })).toEqual([])
  expect(onRepeat).toHaveBeenCalledTimes(2)
})

test('a retry of a statement that was not committed does not count as a repetition', async () => {
  const onRepeat = vi.fn()
  const { query, retried } = start(
    (attempt) => [STALE, coded('40001'), new NotConnectedError('connect'), []][attempt - 1],
  )
  expect(await query({ onRepeat, isStale })).toEqual([])
  expect(onRepeat).not.toHaveBeenCalled()
  expect(retried).toEqual(['stale_head', '40001', 'connect'])
})

test('retries stop at the end of the budget, except those for a stale head', async () => {
  const conflict = start(() => coded('40001'), { reserve: 3 })
  expect(await conflict.query()).toMatchObject({ code: 'unavailable' })
  // A tenth of the one statement sent allows a fourth.
  expect(conflict.retried).toHaveLength(4)

  const stale = start(() => STALE, { reserve: 3 })
  await stale.query({ isStale })
  expect(stale.retried).toHaveLength(7)
})

test('a host that failed is avoided while there is another; one that answered is not', async () => {
  const reset = start((attempt) => (attempt === 1 ? coded('ECONNRESET') : []), { hosts: 2 })
  expect(await reset.query({ repeatable: true })).toEqual([])
  expect(reset.sent.map(({ host }) => host)).toEqual([0, 1])
  expect(reset.reported).toEqual(['down', 'success'])

  const full = start((attempt) => (attempt === 1 ? new NotConnectedError('53300') : []), { hosts: 2 })
  expect(await full.query()).toEqual([])
  expect(full.sent.map(({ host }) => host)).toEqual([0, 1])
  expect(full.reported).toEqual(['healthy', 'success'])

  const conflict = start((attempt) => (attempt === 1 ? coded('40001') : []), { hosts: 2 })
  await conflict.query()
  expect(conflict.sent.map(({ host }) => host)).toEqual([0, 0])
})

test('a statement for which a host has no room is not sent to it again', async () => {
  const { query, sent } = start(() => new NotConnectedError('checkout'))
  expect(await query({ repeatable: true })).toMatchObject({ code: 'unavailable' })
  expect(sent).toHaveLength(1)
})

test.each([
  ['a statement is not sent again to an overloaded database', coded('53200'), { code: 'unavailable' }],
  ['an error in the statement is rejected unchanged', coded('42P01'), { code: '42P01' }],
  [
    'a refusal of our own is rejected unchanged',
    new ReparteeError('unavailable', 'full', { retryAfterMs: 7 }),
    { retryAfterMs: 7 },
  ],
])('%s', async (_, error, expected) => {
  const { query, sent, reported } = start(() => error)
  expect(await query({ repeatable: true })).toMatchObject(expected)
  expect(sent).toHaveLength(1)
  expect(reported).toEqual(error instanceof ReparteeError ? [] : ['healthy'])
})

test('while every breaker is open, a statement waits for a probe that is due soon, and is refused otherwise', async () => {
  const ask = (retryAfterMs: number, closesAfter: number) => {
    let looked = 0
    const host: StatementHost = {
      get isOpen() {
        looked += 1
        return looked <= closesAfter
      },
      retryAfterMs,
      load: 0,
      run: async <Row>() => ['answered'] as Row[],
      runWithoutTimeout: async () => [],
      report: () => undefined,
    }
    const now = () => 0
    const sql = createRetryingSql({ hosts: [host], budget: createRetryBudget({ now }), onRetry: () => undefined, now })
    return sql.query(WRITE, []).catch((error: unknown) => error)
  }
  expect(await ask(1, 3)).toEqual(['answered'])
  expect(await ask(1, 4)).toMatchObject({ code: 'unavailable', retryAfterMs: 1 })
  expect(await ask(301, 1)).toMatchObject({ code: 'unavailable', retryAfterMs: 301 })
})
