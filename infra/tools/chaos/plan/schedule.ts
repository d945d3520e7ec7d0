import { type FaultKind, kinds, ruleOf } from './kinds.ts'
import { createRandom, type Random } from './random.ts'

/** One fault of a schedule. Times count from the start of the load. */
export type PlannedFault = {
  readonly kind: FaultKind
  /** Index of the node or gateway; 0 for a part that exists once. */
  readonly target: number
  readonly atMs: number
  readonly forMs: number
}

export type ScheduleOptions = {
  readonly seed: number
  /** Every fault ends within this time. */
  readonly forMs: number
  readonly nodes: number
  readonly gateways: number
  /** What else the topology has. */
  readonly nginx: boolean
  readonly namespaces: boolean
  /** Shortest and longest time from the start of one fault to the start of the next. */
  readonly everyMs?: readonly [number, number]
  /** The longest a fault may last. */
  readonly longestMs?: number
  readonly kinds?: readonly FaultKind[]
}

const WARM_UP_MS = 2_000
const EVERY_MS = [2_000, 7_000] as const
/** How long it takes until a healed part is used again: a node by nginx, any other part by nodes. */
const settleMs = (kind: FaultKind): number => (ruleOf(kind).part === 'node' ? 7_000 : 3_000)
const MAX_AT_ONCE = 3

/** Kinds in random order, each equally often. */
const createBag = (random: Random, all: readonly FaultKind[]): (() => FaultKind) => {
  let bag: FaultKind[] = []
  return () => {
    if (bag.length === 0) bag = random.shuffle(all)
    const next = bag.pop()
    if (next === undefined) throw new Error('no faults to choose from')
    return next
  }
}

/** Whether a fault may start while others last: one node and one gateway must work, and no part fails twice. */
const isSurvivable = (fault: PlannedFault, others: readonly PlannedFault[], o: ScheduleOptions): boolean => {
  const { part } = ruleOf(fault.kind)
  const same = others.filter((other) => ruleOf(other.kind).part === part)
  if (others.length >= MAX_AT_ONCE) return false
  if (part !== 'node' && part !== 'gateway') return same.length === 0
  const hit = new Set(same.map((other) => other.target))
  return !hit.has(fault.target) && hit.size + 1 < (part === 'node' ? o.nodes : o.gateways)
}

/** Draw a schedule. The same options give the same schedule. */
export const createSchedule = (o: ScheduleOptions): readonly PlannedFault[] => {
  const random = createRandom(o.seed)
  const possible = (o.kinds ?? (Object.keys(kinds) as FaultKind[])).filter((kind) => {
    const { needs, part } = ruleOf(kind)
    if (part === 'node' && o.nodes < 2) return false
    return needs === undefined || (needs === 'nginx' ? o.nginx : o.namespaces)
  })
  const nextKind = createBag(random, possible)
  const [soonest, latest] = o.everyMs ?? EVERY_MS
  const faults: PlannedFault[] = []

  for (let atMs = WARM_UP_MS; ; ) {
    const kind = nextKind()
    const { part, forMs: range } = ruleOf(kind)
    const count = part === 'node' ? o.nodes : part === 'gateway' ? o.gateways : 1
    const target = random.between(0, count - 1)
    const forMs = Math.min(random.between(range[0], range[1]), o.longestMs ?? Number.POSITIVE_INFINITY)
    const unfinished = (at: number): PlannedFault[] =>
      faults.filter((other) => at < other.atMs + other.forMs + settleMs(other.kind))
    let fault = { kind, target, atMs, forMs }
    while (!isSurvivable(fault, unfinished(fault.atMs), o)) fault = { ...fault, atMs: fault.atMs + 250 }
    if (fault.atMs + forMs > o.forMs) return faults
    faults.push(fault)
    atMs = fault.atMs + random.between(soonest, latest)
  }
}
