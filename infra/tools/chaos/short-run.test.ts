import { sized } from '@repartee/service/testing/sized'
import { describe, expect, test } from 'vitest'
import { runChaos } from './chaos.ts'
import { nginx, possible, service } from './chaos-possible.ts'
import { createSchedule } from './plan/schedule.ts'
import { describeReport, describeSchedule } from './report.ts'

/** This seed draws every kind below, within 24 s; in full size within 43 s, with longer faults. */
const SEED = 8
const FOR_MS = sized(31_000, 55_000)
const QUIET_MS = sized(6_000, 8_000)

describe.runIf(possible)('a service whose parts die under load', () => {
  test('loses no comment, stores none twice, shows none that is not stored, and every reader ends up to date', {
    timeout: 150_000,
  }, async () => {
    const topology = { nodes: 2, gateways: 3, nginx, namespaces: false }
    const schedule = createSchedule({
      ...topology,
      seed: SEED,
      forMs: FOR_MS - QUIET_MS,
      everyMs: sized([1_000, 2_200], [2_000, 3_500]),
      longestMs: sized(3_500, 6_000),
      kinds: [
        'node.kill',
        'node.freeze',
        'redis.kill',
        'redis.flushall',
        'postgres.stop',
        'gateway.kill',
        'partition.redis',
        'statements.cut-when-answered',
      ],
    })
    console.info(`chaos: seed ${SEED}\n${describeSchedule(schedule)}`)
    expect(schedule.length).toBeGreaterThanOrEqual(8)
    const report = await runChaos({
      ...topology,
      seed: SEED,
      forMs: FOR_MS,
      schedule,
      service,
      threads: 8,
      mixedThreads: 2,
      posters: 24,
      readers: 6,
      perSecond: 120,
      say: () => undefined,
    })
    console.info(describeReport(report))
    expect(report.counts.acknowledged).toBeGreaterThan(500)
    expect(report.faults.filter((fault) => fault.failure !== undefined)).toEqual([])
    for (const [what, found] of Object.entries(report.verdict)) expect(found, what).toEqual([])
    expect(report.convergedMs).not.toBeNull()
  })
})
