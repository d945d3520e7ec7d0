import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Line } from './line.ts'

/** A network namespace with one cable to the outside for each purpose. */
export type Namespace<Purpose extends string> = {
  readonly name: string
  /** Address of the node on that cable. */
  readonly inside: Readonly<Record<Purpose, string>>
  /** Address of the outside on that cable. */
  readonly outside: Readonly<Record<Purpose, string>>
  readonly lines: Readonly<Record<Purpose, Line>>
  remove(): void
}

/** Nobody's: frames sent there are delivered to the cable's other end and ignored, as if lost on the way. */
const NOWHERE = '02:00:00:00:00:99'

const ip = (...args: string[]): void => {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
const quietly = (...args: string[]): void => {
  try {
    ip(...args)
  } catch {
    // Was not there.
  }
}

/** Whether this process may make namespaces; finds out by making one. */
export const hasNamespaces = (): boolean => {
  const name = `rpc-try-${process.pid}`
  try {
    ip('netns', 'add', name)
    ip('netns', 'del', name)
    return true
  } catch {
    return false
  }
}

/** Remove what drivers that were killed have left behind. */
export const removeStaleNamespaces = (): void => {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).match(/\brpc-\d+-\d+\b/g) ?? []
  for (const name of names) if (!existsSync(`/proc/${name.split('-')[1]}`)) quietly('netns', 'del', name)
}

/** A cable that loses packets: the neighbour's hardware address is overwritten with one nobody has. */
const createLine = (o: { namespace: string; device: string; inside: string; outside: string }): Line => {
  const within = ['-n', o.namespace]
  const poison = (where: string[], address: string): void =>
    ip(...where, 'neigh', 'replace', address, 'lladdr', NOWHERE, 'dev', o.device, 'nud', 'permanent')
  const cure = (where: string[], address: string): void => quietly(...where, 'neigh', 'del', address, 'dev', o.device)
  return {
    drop(direction) {
      if (direction !== 'from') poison(within, o.outside)
      if (direction !== 'to') poison([], o.inside)
    },
    mend() {
      cure(within, o.outside)
      cure([], o.inside)
    },
  }
}

/** Make the namespace number `index` of this process. */
export const createNamespace = <Purpose extends string>(
  index: number,
  purposes: readonly Purpose[],
): Namespace<Purpose> => {
  const name = `rpc-${process.pid}-${index}`
  // A block of its own for each process and namespace, within 10.128.0.0/9.
  const base = `10.${128 + (process.pid % 128)}.${((process.pid >> 7) % 32) * 8 + index}`
  ip('netns', 'add', name)
  ip('-n', name, 'link', 'set', 'lo', 'up')
  const cables = purposes.map((purpose, at) => {
    const [outside, inside] = [`${base}.${at * 4 + 1}`, `${base}.${at * 4 + 2}`]
    // The same name at both ends, which are in different namespaces; the kernel allows 15 letters.
    const device = `rpc${process.pid % 1e6}.${index}${at}`
    ip('link', 'add', device, 'type', 'veth', 'peer', 'name', device, 'netns', name)
    ip('addr', 'add', `${outside}/30`, 'dev', device)
    ip('link', 'set', device, 'up')
    ip('-n', name, 'addr', 'add', `${inside}/30`, 'dev', device)
    ip('-n', name, 'link', 'set', device, 'up')
    return { purpose, inside, outside, line: createLine({ namespace: name, device, inside, outside }) }
  })
  const by = <T>(get: (cable: (typeof cables)[number]) => T): Record<Purpose, T> =>
    Object.fromEntries(cables.map((cable) => [cable.purpose, get(cable)])) as Record<Purpose, T>
  return {
    name,
    inside: by((cable) => cable.inside),
    outside: by((cable) => cable.outside),
    lines: by((cable) => cable.line),
    // Its cables go with it.
    remove: () => quietly('netns', 'del', name),
  }
}
