import { setTimeout as pause } from 'node:timers/promises'
import { isErrorCode, newId, ReparteeError } from '@repartee/sdk/protocol'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { createThreadWriter } from '../../src/core/threads/thread-writer.ts'
import { noMetrics } from '../../testing/no-metrics.ts'
import { comment, openScene } from '../../testing/store-scene.ts'
import type { Gateways } from './proxied-gateways.ts'

/** Results of a load, compared with the database. */
export type LoadResult = {
  readonly acknowledged: number
  /** Acknowledged but not stored. */
  readonly lost: number
  /** Keys stored more than once. */
  readonly doubled: number
  /** Seqs stored more than once in a thread. */
  readonly seqsTwice: number
  /** Refusals, after which the client sent the same key again. */
  readonly refused: number
  /** Errors other than `unavailable`. */
  readonly errors: readonly string[]
  readonly longestGapMs: number
  /** The slowest change made directly, one at a time, in the same period: the share of the machine. */
  readonly slowestDirectMs: number
}

/**
 * Post to several threads of one node from `clients` concurrent readers until `until` returns true. A client that gets
 * `unavailable` sends the same key again, as the SDK does.
 */
export const postUntil = async (
  { store, direct }: Gateways,
  o: { clients: number; threads: number; until: () => boolean },
): Promise<LoadResult> => {
  const siteId = newId()
  const scenes = await Promise.all(Array.from({ length: o.threads }, () => openScene(store, siteId)))
  const writer = createThreadWriter({
    store,
    publisher: { publish: () => undefined },
    metrics: noMetrics,
    now: Date.now,
  })
  const acknowledged = new Map<string, string>()
  const errors: string[] = []
  let refused = 0
  let lastAt = Date.now()
  let longestGapMs = 0
  let slowestDirectMs = 0

  const post = async (threadId: string): Promise<void> => {
    const { key, authorId } = comment()
    while (true) {
      const given = comment({ key, authorId })
      try {
        const stored = await writer.create(siteId, threadId, given)
        // `null`: an earlier attempt, whose answer this client never got, stored the key.
        if (stored !== null && stored.id !== given.id) errors.push('answered with another comment')
        acknowledged.set(key, threadId)
        longestGapMs = Math.max(longestGapMs, Date.now() - lastAt)
        lastAt = Date.now()
        return
      } catch (error) {
        if (!(error instanceof ReparteeError) || error.code !== 'unavailable' || !isErrorCode(error.code))
          errors.push(String(error))
        refused += 1
        if (o.until()) return
        await pause(50 + Math.random() * 100)
      }
    }
  }
  const client = async (index: number): Promise<void> => {
    while (!o.until()) {
      await post(scenes[index % scenes.length]?.threadId ?? '')
      await pause(5)
    }
  }
  const postDirectly = async (): Promise<void> => {
    const scene = await openScene(createStore(direct.sql))
    while (!o.until()) {
      const startedAt = Date.now()
      await scene.insert(comment())
      slowestDirectMs = Math.max(slowestDirectMs, Date.now() - startedAt)
      await pause(50)
    }
  }
  await Promise.all([postDirectly(), ...Array.from({ length: o.clients }, (_, index) => client(index))])
  longestGapMs = Math.max(longestGapMs, Date.now() - lastAt)

  const rows = await direct.sql.query<{ key: string; thread_id: string; created_seq: number }>(
    'select c.key, c.thread_id, c.created_seq from comments c where c.site_id = $1::uuid',
    [siteId],
  )
  const keys = new Set(rows.map((row) => row.key))
  const seqs = new Set(rows.map((row) => `${row.thread_id} ${row.created_seq}`))
  return {
    acknowledged: acknowledged.size,
    lost: [...acknowledged.keys()].filter((key) => !keys.has(key)).length,
    doubled: rows.length - keys.size,
    seqsTwice: rows.length - seqs.size,
    refused,
    errors,
    longestGapMs,
    slowestDirectMs,
  }
}
