import { once } from 'node:events'
import { ReparteeError } from '@repartee/sdk/protocol'
import type { Sql } from '../postgres/sql.ts'
import { startWorker } from './build-files.ts'
import type { Answer, Ask, Ready, WorkerInput } from './worker-messages.ts'

type Waiting = { readonly resolve: (rows: unknown[]) => void; readonly reject: (error: Error) => void }
type Request = Ask extends infer One ? (One extends unknown ? Omit<One, 'id'> : never) : never

/** One running database thread. */
export type Engine = {
  /** One attempt without a time limit: with a single connection, no statement can conflict with another. */
  readonly sql: Sql
  ask(request: Request): Promise<unknown[]>
  /** Resolves when the thread has ended: with the error that ended it, or `null` after `close`. */
  readonly ended: Promise<Error | null>
  close(): Promise<void>
  /** Stop it at once, as a crash would. */
  terminate(): Promise<void>
}

/** Start the database's thread and wait until it is ready; rejects when it cannot start. */
export const startEngine = async (input: WorkerInput): Promise<Engine> => {
  const worker = startWorker(input)
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let closing = false

  const ended = new Promise<Error | null>((resolve) => {
    let cause: Error | null = null
    worker.on('error', (error) => {
      cause = error instanceof Error ? error : new Error(String(error))
    })
    worker.on('exit', (code) => {
      const died = cause ?? (closing ? null : new Error(`the database thread ended with code ${code}`))
      for (const { reject } of waiting.values()) reject(unavailable(died))
      waiting.clear()
      resolve(died)
    })
  })

  const ask = (request: Request): Promise<unknown[]> =>
    new Promise((resolve, reject) => {
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      worker.postMessage({ ...request, id: lastId })
    })

  const [first] = await Promise.race([
    once(worker, 'message') as Promise<[Ready]>,
    ended.then((error): never => {
      throw error ?? new Error('the database thread ended before it was ready')
    }),
  ])
  if (!first.ready) throw new Error('the database thread sent a message before it was ready')
  worker.on('message', (answer: Answer) => {
    const request = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (request === undefined) return
    if ('rows' in answer) request.resolve(answer.rows)
    else request.reject(Object.assign(new Error(answer.error.message), { code: answer.error.code }))
  })

  return {
    ask,
    sql: {
      query: async <Row>(text: string, params: readonly unknown[]) =>
        (await ask({ op: 'query', text, params })) as Row[],
    },
    ended,
    close: async () => {
      closing = true
      await ask({ op: 'close' }).catch(() => [])
      await ended
    },
    terminate: async () => void (await worker.terminate()),
  }
}

const unavailable = (cause: Error | null): ReparteeError =>
  new ReparteeError('unavailable', 'the database is not running', { cause, retryAfterMs: 1_000 })
