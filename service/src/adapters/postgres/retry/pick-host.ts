import type { StatementHost } from './statement-host.ts'

/**
 * The less busy of two random hosts: spreads load without every node rushing to the same host. `avoid` is picked only
 * if there is no other. `null` when every breaker is open.
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
