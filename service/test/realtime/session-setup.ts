import { newId } from '@repartee/sdk/protocol'
import { expect, vi } from 'vitest'
import { createReaderTokens } from '../../src/adapters/jose-reader-tokens.ts'
import type { Reader } from '../../src/core/actor.ts'
import { topicOf } from '../../src/realtime/topic.ts'
import { createMemoryStore } from '../../testing/memory-store.ts'
import { createTestNode, demoSite, listen, secret, verified } from '../../testing/realtime-setup.ts'

/** Advance the time, and wait for work in progress. */
export const settle = async (ms = 20): Promise<void> => {
  await verified()
  await vi.advanceTimersByTimeAsync(ms)
}

/** One node with an open thread, and ways to connect to it. */
export const setup = async (latency?: () => Promise<void>) => {
  const site = demoSite()
  const memory = createMemoryStore({ site, ...(latency && { latency }) })
  const thread = newId()
  memory.open(thread)
  const node = createTestNode({ store: memory.store })
  const topic = topicOf({ siteId: site.id, threadId: thread })
  const tokenOf = async (fields: Partial<Reader> = {}, siteKey = 'demo'): Promise<string> =>
    (
      await createReaderTokens({ secret, now: Date.now }).issue(siteKey, {
        id: newId(),
        name: 'Ann',
        role: 'guest',
        ...fields,
      })
    ).token
  /** Connect and say hello. */
  const enter = async (fields: Record<string, unknown> = {}) => {
    const connection = listen(node)
    connection.hello(fields)
    await settle(200)
    await settle()
    expect(connection.of('welcome')).toHaveLength(1)
    return connection
  }
  const reader = async () => enter({ token: await tokenOf() })
  let ref = 100
  const create = (body = 'hello') => {
    ref += 1
    return { type: 'comment.create', ref, thread, key: newId(), body }
  }
  return { site, memory, thread, node, topic, tokenOf, enter, reader, create }
}

/** The errors sent to a connection: ref and code. */
export const codes = (connection: ReturnType<typeof listen>) =>
  connection.of('error').map(({ ref, error }) => [ref ?? null, error.code])
