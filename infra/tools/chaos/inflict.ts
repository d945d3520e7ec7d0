import type { Direction } from './parts/line.ts'
import type { PlannedFault } from './plan/schedule.ts'
import type { Fault } from './proxy/fault-plan.ts'
import type { Purpose, Topology } from './topology.ts'

/** Ends a fault; resolves when the failed part runs again. */
export type Heal = () => Promise<void>

const STORM_EVERY_MS = 200
/** How many statements in a row get 40001, for each node and gateway. */
const STORM_SIZE = 3
const DELAY_MS = 60
/** Matches only the statements that change a thread. */
const WRITE = /update thread_heads/

/** Add the fault to every gateway, again at each interval, until healed. */
const storm = ({ gateways }: Topology, fault: Fault, times: number, match: RegExp): Heal => {
  const brew = (): void => {
    for (const { plan } of gateways.flat()) {
      plan.clear()
      plan.add(fault, times, match)
    }
  }
  brew()
  const timer = setInterval(brew, STORM_EVERY_MS)
  return async () => {
    clearInterval(timer)
    for (const { plan } of gateways.flat()) plan.clear()
  }
}

const partition = (topology: Topology, target: number, purpose: Purpose, direction: Direction): Heal => {
  const line = topology.members[target]?.lines[purpose]
  if (line === undefined) throw new Error(`node ${target} has no line to ${purpose} that can be cut`)
  line.drop(direction)
  return async () => line.mend()
}

/** Start a planned fault; resolves with the function that ends it. */
export const inflict = async (topology: Topology, { kind, target }: PlannedFault): Promise<Heal> => {
  const { postgres, redis } = topology
  const gateway = topology.gateways[target] ?? []
  const node = topology.members[target]?.node
  switch (kind) {
    case 'node.kill':
      await node?.kill()
      return async () => node?.start()
    case 'node.terminate':
      await node?.terminate()
      return async () => node?.start()
    case 'node.freeze':
      node?.freeze()
      return async () => node?.thaw()
    case 'redis.kill':
      await redis.kill()
      return redis.start
    case 'redis.freeze':
      redis.freeze()
      return async () => redis.thaw()
    case 'redis.flushall':
      if (!(await redis.ask('FLUSHALL')).startsWith('+OK')) throw new Error('FLUSHALL was refused')
      return async () => undefined
    case 'postgres.stop':
      // SIGQUIT stops without a checkpoint, as a crash does.
      await postgres.process.stop('SIGQUIT')
      return postgres.process.start
    case 'gateway.kill':
      for (const proxy of gateway) proxy.kill()
      return async () => void (await Promise.all(gateway.map((proxy) => proxy.accept())))
    case 'gateway.drain':
      for (const proxy of gateway) proxy.drain()
      return async () => {
        for (const proxy of gateway) proxy.undrain()
      }
    case 'gateway.stall':
      for (const proxy of gateway) proxy.stall()
      return async () => {
        for (const proxy of gateway) proxy.resume()
      }
    case 'gateway.delay':
      for (const proxy of gateway) proxy.delay(DELAY_MS)
      return async () => {
        for (const proxy of gateway) proxy.delay(0)
      }
    case 'statements.40001':
      return storm(topology, { kind: 'answer', sqlstate: '40001' }, STORM_SIZE, /(?:)/)
    case 'statements.cut-when-sent':
      return storm(topology, { kind: 'cut when sent' }, 1, WRITE)
    case 'statements.cut-when-answered':
      return storm(topology, { kind: 'cut when answered' }, 1, WRITE)
    case 'nginx.reload':
      topology.nginx?.reload()
      return async () => undefined
    case 'partition.redis':
      return partition(topology, target, 'redis', 'both')
    case 'partition.redis.to':
      return partition(topology, target, 'redis', 'to')
    case 'partition.redis.from':
      return partition(topology, target, 'redis', 'from')
    case 'partition.database':
      return partition(topology, target, 'database', 'both')
    case 'partition.database.to':
      return partition(topology, target, 'database', 'to')
    case 'partition.database.from':
      return partition(topology, target, 'database', 'from')
    case 'partition.readers':
      return partition(topology, target, 'readers', 'both')
  }
}
