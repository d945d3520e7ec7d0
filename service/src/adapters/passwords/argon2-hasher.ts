import { randomBytes } from 'node:crypto'
import type { Worker } from 'node:worker_threads'
import { ReparteeError } from '@repartee/sdk/protocol'
import type { PasswordHasher } from '../../core/ports/password-hasher.ts'
import { startThread } from '../start-thread.ts'
import type { HashReply, HashRequest } from './hash-messages.ts'

export type PasswordHasherHandle = PasswordHasher & {
  /** How many hashes were computed or compared, for tests. */
  readonly hashes: number
  close(): Promise<void>
}

/** A hash takes about 30 ms, so the last in line waits about two seconds. */
const MAX_WAITING = 64
/** The thread takes 40 MB, and people sign in rarely. */
const IDLE_MS = 5 * 60_000

type Waiting = { readonly resolve: (value: string | boolean) => void; readonly reject: (error: Error) => void }
type Question = HashRequest extends infer R ? (R extends HashRequest ? Omit<R, 'id'> : never) : never

/** Hash passwords in a thread of low priority, one at a time. It starts with the first password. */
export const createPasswordHasher = (o: { maxWaiting?: number } = {}): PasswordHasherHandle => {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let nextId = 0
  let hashes = 0
  let idle: NodeJS.Timeout | undefined
  /** A hash that no password belongs to, so that an unknown account costs the same work. */
  let absent: Promise<string> | undefined

  const stop = async (error: Error): Promise<void> => {
    const stopped = worker
    worker = undefined
    clearTimeout(idle)
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
    await stopped?.terminate()
  }

  const start = (): Worker => {
    const started = startThread(import.meta.url, { source: './hash-worker.ts', built: './hash-worker.js' })
    started.unref()
    started.on('message', (reply: HashReply) => {
      const question = waiting.get(reply.id)
      waiting.delete(reply.id)
      if ('error' in reply) question?.reject(new Error(reply.error))
      else question?.resolve(reply.value)
      if (waiting.size > 0) return
      idle = setTimeout(() => void stop(new Error('closed')), IDLE_MS)
      idle.unref()
    })
    started.on('error', (error) => {
      if (worker === started)
        void stop(new ReparteeError('unavailable', 'the password thread failed', { cause: error }))
    })
    return started
  }

  const ask = (question: Question): Promise<string | boolean> => {
    if (waiting.size >= (o.maxWaiting ?? MAX_WAITING))
      return Promise.reject(
        new ReparteeError('unavailable', 'too many people sign in at once', { retryAfterMs: 2_000 }),
      )
    clearTimeout(idle)
    worker ??= start()
    nextId += 1
    const id = nextId
    worker.postMessage({ id, ...question })
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
  }

  const hash = async (password: string): Promise<string> => {
    hashes += 1
    return String(await ask({ kind: 'hash', password }))
  }

  const hashOfNobody = (): Promise<string> => {
    absent ??= ask({ kind: 'hash', password: randomBytes(16).toString('hex') })
      .then(String)
      .catch((error: unknown) => {
        absent = undefined
        throw error
      })
    return absent
  }

  return {
    hash,
    verify: async (stored, password) => {
      // Also for known accounts, so that the first unknown one takes no longer.
      const nobody = await hashOfNobody()
      hashes += 1
      const isRight = await ask({ kind: 'verify', hash: stored ?? nobody, password })
      return isRight === true && stored !== null
    },
    isGuessable: async (password, known) => (await ask({ kind: 'isGuessable', password, known })) === true,
    get hashes() {
      return hashes
    },
    close: () => stop(new ReparteeError('unavailable', 'the service is stopping')),
  }
}
