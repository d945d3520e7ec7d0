/** The part that a fault hits. There are several nodes and gateways. */
export type Part = 'node' | 'gateway' | 'postgres' | 'redis' | 'nginx' | 'statements'

type Rule = {
  readonly part: Part
  /** Shortest and longest duration; 0 and 0 for a fault that is over at once. */
  readonly forMs: readonly [number, number]
  /** What the topology needs for it. */
  readonly needs?: 'nginx' | 'namespaces'
}

/** All kinds of faults. */
export const kinds = {
  'node.kill': { part: 'node', forMs: [500, 3_000] },
  'node.terminate': { part: 'node', forMs: [500, 2_000] },
  'node.freeze': { part: 'node', forMs: [5_000, 20_000] },
  'redis.kill': { part: 'redis', forMs: [500, 6_000] },
  'redis.freeze': { part: 'redis', forMs: [2_000, 8_000] },
  'redis.flushall': { part: 'redis', forMs: [0, 0] },
  /** An immediate shutdown without a checkpoint, so that PostgreSQL recovers from its log. */
  'postgres.stop': { part: 'postgres', forMs: [200, 3_000] },
  'gateway.kill': { part: 'gateway', forMs: [2_000, 10_000] },
  'gateway.drain': { part: 'gateway', forMs: [2_000, 8_000] },
  'gateway.stall': { part: 'gateway', forMs: [2_000, 8_000] },
  'gateway.delay': { part: 'gateway', forMs: [3_000, 8_000] },
  'statements.40001': { part: 'statements', forMs: [1_000, 5_000] },
  'statements.cut-when-sent': { part: 'statements', forMs: [1_000, 5_000] },
  'statements.cut-when-answered': { part: 'statements', forMs: [1_000, 5_000] },
  'nginx.reload': { part: 'nginx', forMs: [0, 0], needs: 'nginx' },
  'partition.redis': { part: 'node', forMs: [2_000, 10_000] },
  'partition.database': { part: 'node', forMs: [2_000, 10_000] },
  'partition.redis.to': { part: 'node', forMs: [2_000, 10_000], needs: 'namespaces' },
  'partition.redis.from': { part: 'node', forMs: [2_000, 10_000], needs: 'namespaces' },
  'partition.database.to': { part: 'node', forMs: [2_000, 10_000], needs: 'namespaces' },
  'partition.database.from': { part: 'node', forMs: [2_000, 10_000], needs: 'namespaces' },
  'partition.readers': { part: 'node', forMs: [2_000, 10_000], needs: 'namespaces' },
} as const satisfies Record<string, Rule>

export type FaultKind = keyof typeof kinds

/** The rule for a kind, without the literal types of the table. */
export const ruleOf = (kind: FaultKind): Rule => kinds[kind]

/** Narrow a string to a fault kind. */
export const isFaultKind = (word: string): word is FaultKind => Object.hasOwn(kinds, word)
