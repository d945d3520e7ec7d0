import type { StatementHost } from './statement-host.ts'

/**
 * The less busy one of two hosts chosen at random, which spreads load well without every node running to the same one.
 * `avoid` is asked only when there is no other; `null` when none may be asked.
 */
export const pickHost = <H extends Pick<StatementHost, 'isOpen' | 'load'>>(
  hosts: readonly H[],
  avoid: H | null,
  random: () => number = Math.random,
): H | null => {
  const closed = hosts.filter((host) => !host.isOpen)
  const others = closed.filter((host) => host !== avoid)
  const from = others.length > 0 ? others : closed
  const first = Math.floor(random() * from.length)
  const second = (first + 1 + Math.floor(random() * (from.length - 1))) % from.length
  const [a, b] = [from[first], from[second]]
  if (a === undefined || b === undefined) return a ?? null
  return b.load < a.load ? b : a
}
