import type { BuiltNode } from '../servers/built-node.ts'

/** The value of one counter of a node; 0 if it was never incremented. */
export const counter = async (node: BuiltNode, series: string): Promise<number> => {
  const line = (await (await fetch(node.metricsUrl)).text()).split('\n').find((text) => text.startsWith(`${series} `))
  return Number(line?.split(' ').at(-1) ?? 0)
}
