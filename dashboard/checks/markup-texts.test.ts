import { expect, test } from 'vitest'
import { type Source, sources } from './dashboard-sources.ts'
import { textsInComponent, textsInModule } from './markup-texts.ts'

test('texts are found in markup, in attributes and properties that people read, and in what an expression chooses', () => {
  const planted = `
    <script lang="ts">
      import X from './X.svelte'
      const open = false
      const entry = { label: 'Planted property', id: 'not read' }
    </script>
    <p class="not-read" data-kind="not read">Planted text</p>
    <input placeholder="Planted placeholder" aria-label={open ? 'Planted choice' : t().fine}>
    <X title="Planted title" {entry} onclick={() => go('not read')} />
    {#if open}<b>{open ? 'Planted branch' : other['not read']}</b>{/if}
    {#each [1] as n}<i>{\`Planted \${n}\`}</i>{:else}<i>Planted else</i>{/each}
    {#snippet part()}<em>Planted in a snippet</em>{/snippet}
    <img alt="" src="not-read.png"> · 42 {t().also.fine} {fill('not read', { n: 1 })}
  `
  expect(textsInComponent(planted).toSorted()).toEqual([
    'Planted branch',
    'Planted choice',
    'Planted else',
    'Planted in a snippet',
    'Planted placeholder',
    'Planted property',
    'Planted text',
    'Planted title',
    'Planted …',
  ])
  expect(textsInModule("notify({ text: 'Planted notice', kind: 'not read' })")).toEqual(['Planted notice'])
})

test('no component and no module holds a text: all of them stand in src/lib/i18n', () => {
  // The gallery shows samples, which nobody translates.
  const isChecked = ({ path }: Source): boolean => !/^src\/lib\/(i18n|gallery)\/|\.test\.ts$/.test(path)
  const components = sources('.svelte').filter(isChecked)
  const modules = sources('.ts').filter(isChecked)
  expect(components.length).toBeGreaterThan(20)
  expect(modules.length).toBeGreaterThan(5)
  const found = [
    ...components.flatMap(({ path, text }) => textsInComponent(text).map((words) => `${path}: ${words}`)),
    ...modules.flatMap(({ path, text }) => textsInModule(text).map((words) => `${path}: ${words}`)),
  ]
  expect(found).toEqual([])
})
