import { describe, expect, test } from 'vitest'
import { runChaos } from '../chaos.ts'
import { nginx, possible, service } from '../chaos-possible.ts'
import { describeReport } from '../report.ts'
import { GATEWAYS_SCENARIO_MS, gatewaysScenario } from './gateways.ts'

/** On a machine of its own. A change in a storm takes up to ten statements' time, which others can make long. */
const LONGEST_GAP_MS = 3_000
const PER_QUIET_MS = 10

describe.runIf(possible)('a service with three gateways to its database', () => {
  test('keeps writing with one killed, one draining and the third failing: no comment is lost or stored twice', {
    timeout: 150_000,
  }, async () => {
    const report = await runChaos({
      seed: 0,
      forMs: GATEWAYS_SCENARIO_MS,
      schedule: gatewaysScenario,
      nodes: 2,
      gateways: 3,
      nginx,
      namespaces: false,
      service,
      threads: 8,
      mixedThreads: 1,
      posters: 32,
      readers: 6,
      perSecond: 200,
      say: () => undefined,
    })
    console.info(describeReport(report), report.retries, `${report.counts.statementsMet} statements met a fault`)
    expect(report.counts.acknowledged).toBeGreaterThan(500)
    expect(report.counts.statementsMet).toBeGreaterThan(100)
    expect(report.faults.filter((fault) => fault.failure !== undefined)).toEqual([])
    for (const [what, found] of Object.entries(report.verdict)) expect(found, what).toEqual([])
    const { quietGapMs = 0 } = report.counts
    expect(report.longestWriteGapMs).toBeLessThanOrEqual(LONGEST_GAP_MS + PER_QUIET_MS * quietGapMs)
  })
})
