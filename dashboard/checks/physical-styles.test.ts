import { expect, test } from 'vitest'
import { sources } from './dashboard-sources.ts'
import { physicalStyles, styleOf } from './physical-styles.ts'

test('sides and axes of the screen are found wherever they stand; logical ones pass', () => {
  const planted = `
    .a { margin-left: 1px; padding: 0 1px; border-top: 0; text-align: right; width: 3px }
    @media (width < 30rem) { .b { left: 0; min-height: 1px; .c { scroll-margin-bottom: 0 } } }
    .d { inline-size: 1px; margin-inline-start: 1px; inset-block-end: 0; text-align: start; border-start-end-radius: 0; --left: 1 }
  `
  expect(physicalStyles(planted)).toEqual([
    'margin-left: 1px',
    'border-top: 0',
    'text-align: right',
    'width: 3px',
    'left: 0',
    'min-height: 1px',
    'scroll-margin-bottom: 0',
  ])
})

test('the dashboard is styled by logical properties only', () => {
  const sheets = [
    ...sources('.css').map(({ path, text }) => ({ path, css: text })),
    ...sources('.svelte').map(({ path, text }) => ({ path, css: styleOf(text) })),
  ]
  expect(sheets.length).toBeGreaterThan(20)
  expect(sheets.flatMap(({ path, css }) => physicalStyles(css).map((found) => `${path}: ${found}`))).toEqual([])
})
