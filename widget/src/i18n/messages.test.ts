import { errorTable } from '@repartee/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { messages as en } from './en.ts'
import { writing as enWriting } from './en-writing.ts'
import { messages as vi } from './vi.ts'
import { writing as viWriting } from './vi-writing.ts'

type Leaves = Map<string, string>

const leaves = (value: unknown, path = '', found: Leaves = new Map()): Leaves => {
  if (typeof value === 'string') found.set(path, value)
  else if (typeof value === 'object' && value !== null)
    for (const [key, child] of Object.entries(value)) leaves(child, path ? `${path}.${key}` : key, found)
  return found
}

const isPluralForm = (path: string): boolean => /\.(zero|one|two|few|many)$/.test(path)
/** Markdown is the same in every language. */
const isMarkdown = (path: string): boolean => /^helpRows\.\d\.0$/.test(path)
const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()

describe.each([
  ['the thread', en, vi],
  ['the composer', enWriting, viWriting],
])('texts of %s', (_name, english, vietnamese) => {
  const source = leaves(english)
  const target = leaves(vietnamese)

  test('both languages have the same texts, except for plural forms that only one of them needs', () => {
    const keys = (map: Leaves): string[] => [...map.keys()].filter((path) => !isPluralForm(path)).sort()
    expect(keys(target)).toEqual(keys(source))
  })

  test('no text is empty, and none is left in English', () => {
    for (const [path, text] of target) {
      expect(text.trim(), path).not.toBe('')
      if (!isMarkdown(path)) expect(text, path).not.toBe(source.get(path))
    }
    for (const [path, text] of source) expect(text.trim(), path).not.toBe('')
  })

  test('every text has the placeholders of its counterpart', () => {
    for (const [path, text] of target) expect(placeholders(text), path).toEqual(placeholders(source.get(path) ?? ''))
  })

  test('every plural has the forms its language needs', () => {
    for (const [language, map] of [
      ['en', source],
      ['vi', target],
    ] as const) {
      const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories
      for (const path of map.keys()) {
        if (!path.endsWith('.other')) continue
        for (const category of needed)
          expect(map.has(path.replace(/other$/, category)), `${language} ${path} ${category}`).toBe(true)
      }
    }
  })
})

test.each([
  ['en', enWriting],
  ['vi', viWriting],
])('%s has a text of its own for every error code', (_lang, messages) => {
  expect(Object.keys(messages.errors).sort()).toEqual(Object.keys(errorTable).sort())
})
