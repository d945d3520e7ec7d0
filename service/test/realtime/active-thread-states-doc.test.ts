import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type FeedEvent, type FeedState, transitions } from '../../src/realtime/active-thread-states.ts'

const doc = new URL('../../../infra/docs/guides/realtime-states.md', import.meta.url)
const text = readFileSync(doc, 'utf8')
const states = Object.keys(transitions) as FeedState[]

/** The same in every state; the guide explains them in words. */
const leftOut: readonly string[] = ['reload', 'close'] satisfies FeedEvent[]

const diagram = (): string => {
  const arrows = states.flatMap((state) => {
    const targets = new Map<FeedState, string[]>()
    for (const [event, transition] of Object.entries(transitions[state])) {
      if (typeof transition === 'string' || transition[0] === state || leftOut.includes(event)) continue
      targets.set(transition[0], [...(targets.get(transition[0]) ?? []), event])
    }
    return [...targets].map(([to, events]) => `    ${state} --> ${to}: ${events.join(', ')}`)
  })
  return ['```mermaid', 'stateDiagram-v2', '    [*] --> unpositioned', ...arrows, '```'].join('\n')
}

test('the diagram of the guide is drawn from the table (-u writes it)', async () => {
  const rendered = text.replace(
    /<!-- active thread -->\n\n```mermaid\n[^`]*```\n/,
    () => `<!-- active thread -->\n\n${diagram()}\n`,
  )
  await expect(rendered).toMatchFileSnapshot(doc.pathname)
})

test('the guide explains every state', () => {
  const section = text.slice(text.indexOf('## The active thread on a node'))
  expect([...section.matchAll(/^\| `(\w+)` /gm)].map(([, state]) => state)).toEqual(states)
})
