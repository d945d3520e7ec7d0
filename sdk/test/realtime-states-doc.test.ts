import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ConnectionEvent, connectionTable, type Phase, shownAs } from '../src/realtime/connection-table.ts'

const doc = new URL('../../infra/docs/guides/realtime-states.md', import.meta.url)
const text = readFileSync(doc, 'utf8')
const phases = Object.keys(connectionTable) as Phase[]

/** The same in every phase, and explained in words. */
const left: readonly string[] = ['stop', 'close', 'rejected'] satisfies ConnectionEvent[]

const diagram = (): string => {
  const arrows = phases.flatMap((phase) => {
    const targets = new Map<Phase, string[]>()
    for (const [event, [next]] of Object.entries(connectionTable[phase]))
      if (next !== phase && !left.includes(event)) targets.set(next, [...(targets.get(next) ?? []), event])
    return [...targets].map(([next, events]) => `    ${phase} --> ${next}: ${events.join(', ')}`)
  })
  return ['```mermaid', 'stateDiagram-v2', '    [*] --> idle', ...arrows, '```'].join('\n')
}

test('the diagram of the guide is drawn from the table (-u writes it)', async () => {
  const rendered = text.replace(
    /<!-- diagram -->\n(?:\n```mermaid\n[^`]*```\n)?/,
    () => `<!-- diagram -->\n\n${diagram()}\n`,
  )
  await expect(rendered).toMatchFileSnapshot(doc.pathname)
})

test('the guide explains every phase, and says what the owner sees of it', () => {
  const rows = [...text.matchAll(/^\| `(\w+)` +\| `(\w+)` +\|/gm)].map(([, phase, shown]) => [phase, shown])
  expect(Object.fromEntries(rows)).toEqual(shownAs)
})
