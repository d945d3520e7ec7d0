import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Line } from './line.ts'

/** A network namespace with one virtual cable (veth) to the outside for each purpose. */
export type Namespace<Purpose extends string> = {
  readonly name: string
  /** Address of the node on that cable. */
  readonly inside: Readonly<Record<Purpose, string>>
  /** Address of the outside on that cable. */
  readonly outside: Readonly<Record<Purpose, string>>
  readonly lines: Readonly<Record<Purpose, Line>>
  remove(): void
}

/** An unused hardware address. Frames sent to it reach the cable's other end and are ignored, as if lost. */
const NOWHERE = '02:00:00:00:00:99'

const ip = (...args: string[]): void => {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
const quietly = (...args: string[]): void => {
  try {
    ip(...args)
  } catch {
    // It did not exist.
  }
}

/** Whether this process may create namespaces; creates one to find out. */
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

/** Remove the namespaces of drivers that were killed. */
export const removeStaleNamespaces = (): void => {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).match(/\brpc-\d+-\d+\b/g) ?? []
  for (const name of names) if (!existsSync(`/proc/${name.split('-')[1]}`)) quietly('netns', 'del', name)
}

/** A cable that can lose packets: the neighbour's hardware address is replaced with an unused one. */
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

/** Create the namespace number `index` of this process. */
export const createNamespace = <Purpose extends string>(
  index: number,
  purposes: readonly Purpose[],
): Namespace<Purpose> => {
  const name = `rpc-${process.pid}-${index}`
  // Each process and namespace gets its own block within 10.128.0.0/9.
  const base = `10.${128 + (process.pid % 128)}.${((process.pid >> 7) % 32) * 8 + index}`
  ip('netns', 'add', name)
  ip('-n', name, 'link', 'set', 'lo', 'up')
  const cables = purposes.map((purpose, at) => {
    const [outside, inside] = [`${base}.${at * 4 + 1}`, `${base}.${at * 4 + 2}`]
    // Both ends may share a name, as they are in different namespaces. The kernel allows 15 characters.
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
    // This also removes its cables.
    remove: () => quietly('netns', 'del', name),
  }
}
