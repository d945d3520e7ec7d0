import { type FaultProxy, startFaultProxy } from '@repartee/tools/chaos/proxy/start-fault-proxy'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { onTestFinished } from 'vitest'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { openPostgres, type PostgresHandle } from '../../src/adapters/postgres/pool/open-postgres.ts'
import type { Metrics } from '../../src/core/ports/metrics.ts'
import type { Store } from '../../src/core/ports/store.ts'
import { noMetrics } from '../../testing/no-metrics.ts'
import { silent } from '../../testing/silent.ts'

/** One database behind several fault proxies, like a cluster behind gateways, and a direct connection. */
export type Gateways = {
  readonly proxies: readonly FaultProxy[]
  readonly database: PostgresHandle
  readonly store: Store
  /** The database without a proxy, for the oracle. */
  readonly direct: PostgresHandle
  /** Counters so far, by labels other than `host`. */
  counted(name: string): Record<string, number>
}

/** Open a new database through `count` gateways. Everything is closed when the test ends. */
export const openGateways = async (
  count: number,
  o: { retryReserve?: number; maxConnections?: number } = {},
): Promise<Gateways> => {
  const cluster = await sharedPostgres()
  const url = await cluster.createDatabase()
  const direct = await openPostgres({ url, log: silent, metrics: noMetrics, now: Date.now })
  await migrate(direct.sql, { log: silent, now: Date.now })
  const proxies = await Promise.all(Array.from({ length: count }, () => startFaultProxy(cluster)))
  const hosts = proxies.map((proxy) => `127.0.0.1:${proxy.port}`).join()
  const counts = new Map<string, Record<string, number>>()
  const metrics: Metrics = {
    ...noMetrics,
    count(name, labels = {}) {
      const by = counts.get(name) ?? {}
      const key = Object.entries(labels)
        .filter(([label]) => label !== 'host')
        .map(([, value]) => value)
        .join(' ')
      by[key] = (by[key] ?? 0) + 1
      counts.set(name, by)
    },
  }
  const database = await openPostgres({
    url: url.replace(/127\.0\.0\.1:\d+/, hosts),
    log: silent,
    metrics,
    now: Date.now,
    ...o,
  })
  onTestFinished(async () => {
    for (const proxy of proxies) proxy.close()
    await Promise.all([database.close(), direct.close()])
  })
  return { proxies, database, store: createStore(database.sql), direct, counted: (name) => counts.get(name) ?? {} }
}
