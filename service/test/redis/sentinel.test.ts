import { installed } from '@repartee/tools/servers/find-program'
import { freePort } from '@repartee/tools/servers/free-port'
import { type RedisServer, startRedis } from '@repartee/tools/servers/start-redis'
import { afterEach, expect, test, vi } from 'vitest'
import { createRedisBus } from '../../src/adapters/redis/redis-bus.ts'
import { eventually } from '../../testing/eventually.ts'
import { openTestRedis, SLOW_TEST_MS } from './test-redis.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const started = async (o: Parameters<typeof startRedis>[0]): Promise<RedisServer> => {
  const server = await startRedis(o)
  stops.push(server.stop)
  return server
}

/** Sentinel asks servers every ten seconds, and retries a failed failover some seconds later. */
const SENTINEL = { timeout: 45_000, interval: 50 }

test.runIf(installed('redis-server'))(
  'when Sentinel promotes a replica, both nodes follow it',
  async () => {
    const [masterPort, replicaPort, sentinelPort] = [await freePort(), await freePort(), await freePort()]
    // Send the data to the replica at once, rather than wait five seconds for others.
    const master = await started({ port: masterPort, args: ['--repl-diskless-sync-delay', '0'] })
    const replica = await started({ port: replicaPort, args: ['--replicaof', '127.0.0.1', `${masterPort}`] })
    await eventually(async () => expect(await replica.ask('INFO replication')).toContain('master_link_status:up'))
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
        // Sentinel only promotes a replica that it has asked.
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
    /** Publish until it arrives: a message may be lost if a gap is reported. */
    const converse = (text: string): Promise<void> =>
      eventually(() => {
        buses[0]?.publish('t:1', text)
        expect(heard).toHaveBeenCalledWith(text)
      })
    await converse('before')

    await master.kill()
    await vi.waitFor(async () => expect(await replica.ask('ROLE')).toContain('master'), SENTINEL)
    await eventually(() => expect([a.redis.mode(), b.redis.mode()]).toEqual(['ok', 'ok']))
    await converse('after')
    expect(await replica.ask('PUBSUB CHANNELS')).toContain('repartee:t:1')
  },
  2 * SLOW_TEST_MS,
)
