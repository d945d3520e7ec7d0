import { expect, test } from 'vitest'
import { createShortcuts, type KeyPress, type ShortcutAction } from './shortcuts.ts'

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  typing: false,
  at: 0,
  ...more,
})

const typed = (presses: readonly KeyPress[], letters = true): (ShortcutAction | null)[] =>
  presses.map(createShortcuts(() => letters))

test('two keys one after the other are a shortcut, also with Shift or Caps Lock', () => {
  expect(typed([press('g'), press('s')])).toEqual([null, 'sites'])
  expect(typed([press('G'), press('S')])).toEqual([null, 'sites'])
})

test('keys too far apart, or with another between them, are none', () => {
  expect(typed([press('g'), press('s', { at: 1_501 })])).toEqual([null, null])
  expect(typed([press('g'), press('x'), press('s')])).toEqual([null, null, null])
})

test('a false start does not spoil the next: g g s', () => {
  expect(typed([press('g'), press('g'), press('s')])).toEqual([null, null, 'sites'])
})

test('what is typed into a field is text, but the palette opens from there too', () => {
  expect(typed([press('g', { typing: true }), press('s', { typing: true }), press('?', { typing: true })])).toEqual([
    null,
    null,
    null,
  ])
  expect(typed([press('k', { typing: true, ctrlKey: true })])).toEqual(['palette'])
  expect(typed([press('k', { metaKey: true })])).toEqual(['palette'])
})

test('the browser keeps its own: no shortcut fires with Control or Alt but the palette', () => {
  expect(typed([press('g'), press('s', { ctrlKey: true }), press('?', { altKey: true })])).toEqual([null, null, null])
})

test('with letters off only the palette is left', () => {
  expect(typed([press('g'), press('s'), press('?'), press('k', { ctrlKey: true })], false)).toEqual([
    null,
    null,
    null,
    'palette',
  ])
})
