import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { describe, expect, test } from 'vitest'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { openPostgres } from '../../src/adapters/postgres/pool/open-postgres.ts'
import { noMetrics } from '../../testing/no-metrics.ts'
import { silent } from '../../testing/silent.ts'

describe.runIf(installed('postgres'))('migrating an empty database', () => {
  test('several nodes that start at the same time end up with one schema and one epoch', async () => {
    const cluster = await sharedPostgres()
    for (let round = 0; round < 3; round += 1) {
      const url = await cluster.createEmptyDatabase()
      const nodes = await Promise.all(
        [1, 2, 3, 4].map(() => openPostgres({ url, log: silent, metrics: noMetrics, now: Date.now })),
      )
      await Promise.all(nodes.map(({ sql }) => migrate(sql, { log: silent, now: Date.now })))
      const epochs = await Promise.all(nodes.map(({ sql }) => createStore(sql).epoch()))
      expect(new Set(epochs).size).toBe(1)
      await Promise.all(nodes.map((node) => node.close()))
    }
  }, 120_000)
})
