import { installed } from '@repartee/tools/servers/find-program'
import { freePort } from '@repartee/tools/servers/free-port'
import { type RedisServer, startRedis } from '@repartee/tools/servers/start-redis'
import { afterEach, expect, test, vi } from 'vitest'
import { createRedisBus } from '../../src/adapters/redis/redis-bus.ts'
import { PATIENCE, PATIENT_TEST_MS } from './patience.ts'
import { openTestRedis } from './shared.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const started = async (o: Parameters<typeof startRedis>[0]): Promise<RedisServer> => {
  const server = await startRedis(o)
  stops.push(server.stop)
  return server
}

/** It asks servers every ten seconds, and tries a failover that came to nothing again some seconds later. */
const SENTINEL = { timeout: 45_000, interval: 50 }

test.runIf(installed('redis-server'))(
  'when Sentinel promotes a replica, both nodes follow it',
  async () => {
    const [masterPort, replicaPort, sentinelPort] = [await freePort(), await freePort(), await freePort()]
    // Replicas are sent the data at once, not five seconds later in case there are more of them.
    const master = await started({ port: masterPort, args: ['--repl-diskless-sync-delay', '0'] })
    const replica = await started({ port: replicaPort, args: ['--replicaof', '127.0.0.1', `${masterPort}`] })
    await vi.waitFor(
      async () => expect(await replica.ask('INFO replication')).toContain('master_link_status:up'),
      PATIENCE,
    )
    const sentinel = await started({
      port: sentinelPort,
      sentinel: [
        `sentinel monitor comments 127.0.0.1 ${masterPort} 1`,
        'sentinel down-after-milliseconds comments 500',
        'sentinel failover-timeout comments 2000',
      ],
    })
    await vi.waitFor(
      async () => {
        const known = await sentinel.ask('SENTINEL REPLICAS comments')
        expect(known).toContain(`127.0.0.1:${replicaPort}`)
        // It has asked the replica too: another one it would not promote.
        expect(known).toMatch(/master-link-status\s+\S+\s+ok/)
      },
      { ...SENTINEL, interval: 200 },
    )

    const url = `redis+sentinel://127.0.0.1:${sentinelPort}/comments`
    const [a, b] = await Promise.all([openTestRedis(url), openTestRedis(url)])
    stops.push(a.redis.close, b.redis.close)
    const buses = [a, b].map((node) => createRedisBus({ ...node, now: Date.now }))
    const heard = vi.fn()
    buses[1]?.subscribe('t:1', heard)
    /** A message may be lost while who listens is told so: said again until it is heard. */
    const converse = (text: string): Promise<void> =>
      vi.waitFor(() => {
        buses[0]?.publish('t:1', text)
        expect(heard).toHaveBeenCalledWith(text)
      }, PATIENCE)
    await converse('before')

    await master.kill()
    await vi.waitFor(async () => expect(await replica.ask('ROLE')).toContain('master'), SENTINEL)
    await vi.waitFor(() => expect([a.redis.mode(), b.redis.mode()]).toEqual(['ok', 'ok']), PATIENCE)
    await converse('after')
    expect(await replica.ask('PUBSUB CHANNELS')).toContain('repartee:t:1')
  },
  2 * PATIENT_TEST_MS,
)
