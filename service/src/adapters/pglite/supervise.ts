import { setTimeout as pause } from 'node:timers/promises'
import { ReparteeError } from '@repartee/sdk/protocol'
import type { Logger } from '../../core/ports/logger.ts'
import { createRetryBudget } from '../postgres/retry/retry-budget.ts'
import { createRetryingSql } from '../postgres/retry/retrying-sql.ts'
import type { Statement, StatementHost } from '../postgres/retry/statement-host.ts'
import type { Sql } from '../postgres/sql.ts'
import { type Engine, startEngine } from './engine.ts'
import type { WorkerInput } from './worker-messages.ts'

const ANSWER_MS = 5_000
const FIRST_RESTART_MS = 100
const LONGEST_RESTART_MS = 10_000

/** A database thread that is restarted when it dies. */
export type Database = {
  readonly sql: Sql
  /** Run a maintenance statement, without a time limit. */
  maintain(text: string): Promise<void>
  /** Make a consistent copy of the data folder. */
  copy(to: string): Promise<void>
  /** Statements sent so far that may have changed something. */
  writes(): number
  healthy(): boolean
  close(): Promise<void>
}

/**
 * Keep the database's thread running. While it is not, queries reject with `unavailable` at once, as does a statement
 * that takes longer than 5 s. A database in memory is not restarted: it would come back empty.
 */
export const supervise = async (input: WorkerInput, log: Logger, start = startEngine): Promise<Database> => {
  let engine: Engine | null = await start(input)
  let closed = false
  let writes = 0
  const slow = new Set<number>()
  let lastId = 0

  const startFailed = (error: unknown): null => {
    log.error('the database thread did not start', { error: String(error) })
    return null
  }

  const watch = async (running: Engine): Promise<void> => {
    const died = await running.ended
    engine = null
    if (closed || input.folder === null) return
    log.error('the database thread died and is being restarted', { error: died?.message })
    for (let waitMs = FIRST_RESTART_MS; !closed; waitMs = Math.min(waitMs * 2, LONGEST_RESTART_MS)) {
      await pause(waitMs, undefined, { ref: false })
      const next = closed ? null : await start(input).catch(startFailed)
      if (next === null) continue
      engine = next
      log.info('the database thread is running again')
      void watch(next)
      return
    }
  }
  void watch(engine)

  const running = (): Engine => {
    if (engine === null || closed)
      throw new ReparteeError('unavailable', 'the database is not running', { retryAfterMs: 1_000 })
    return engine
  }

  const send = async <Row>({ text, params }: Statement): Promise<Row[]> => {
    if (/\b(insert|update|delete)\b/.test(text)) writes += 1
    return running().sql.query<Row>(text, params)
  }

  const sendInTime = async <Row>(statement: Statement): Promise<Row[]> => {
    const id = ++lastId
    const answer = send<Row>(statement)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        slow.add(id)
        reject(new ReparteeError('unavailable', 'the database did not answer in time', { retryAfterMs: 1_000 }))
      }, ANSWER_MS)
    })
    const settle = (): void => {
      clearTimeout(timer)
      slow.delete(id)
    }
    answer.then(settle, settle)
    return Promise.race([answer, late])
  }

  const host: StatementHost = {
    isOpen: false,
    retryAfterMs: 0,
    load: 0,
    run: sendInTime,
    runWithoutTimeout: send,
    report: () => undefined,
  }
  const now = (): number => performance.now()

  return {
    sql: createRetryingSql({
      hosts: [host],
      budget: createRetryBudget({ now }),
      onRetry: (cause) => log.debug('a statement is retried', { cause }),
      now,
    }),
    maintain: async (text) => void (await running().sql.query(text, [])),
    copy: async (to) => void (await running().ask({ op: 'copy', to })),
    writes: () => writes,
    healthy: () => engine !== null && slow.size === 0,
    close: async () => {
      closed = true
      await engine?.close()
    },
  }
}
