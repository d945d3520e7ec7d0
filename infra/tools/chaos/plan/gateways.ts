import type { PlannedFault } from './schedule.ts'

/**
 * The worst database failure that the service promises to survive without a pause. Of three gateways one is killed and
 * one drains. On the third, statements get 40001, and connections are reset after a change was sent or committed.
 */
export const gatewaysScenario: readonly PlannedFault[] = [
  { kind: 'gateway.kill', target: 0, atMs: 4_000, forMs: 16_000 },
  { kind: 'gateway.drain', target: 1, atMs: 6_000, forMs: 12_000 },
  { kind: 'statements.40001', target: 0, atMs: 8_000, forMs: 3_000 },
  { kind: 'statements.cut-when-sent', target: 0, atMs: 11_500, forMs: 3_000 },
  { kind: 'statements.cut-when-answered', target: 0, atMs: 15_000, forMs: 2_500 },
]

export const GATEWAYS_SCENARIO_MS = 30_000
