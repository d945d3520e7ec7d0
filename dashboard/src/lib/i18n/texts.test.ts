import { expect, test } from 'vitest'
import { languages } from './languages.ts'
import { areaNames, loadArea, type TextArea } from './text-areas.ts'

/** Every text of a table by its path. */
const leaves = (value: unknown, path: string): [path: string, text: string][] =>
  typeof value === 'string'
    ? [[path, value]]
    : Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))

const load = async (language: 'en' | 'vi', area: TextArea): Promise<Map<string, string>> =>
  new Map(leaves(await loadArea(language, area), area))

const placeholders = (text: string | undefined): string[] => (text?.match(/\{\w+\}/g) ?? []).toSorted()

/** The same word in both languages. */
const SHARED = /^(?:common\.product|\w+\..*(?:[eE]mail|Repartee|tls|passkeyExample).*)$/

test.each(areaNames)('%s: both languages name the same values in each text, and none is empty', async (area) => {
  const [english, vietnamese] = [await load('en', area), await load('vi', area)]
  for (const [path, text] of vietnamese) {
    expect(text.trim(), path).toBe(text)
    expect(text, path).not.toBe('')
    const original = english.get(path) ?? english.get(path.replace(/\.\w+$/, '.other'))
    expect(placeholders(text), path).toEqual(placeholders(original))
  }
})

test.each(areaNames)('%s: a text in Vietnamese is not the English one', async (area) => {
  const english = await load('en', area)
  const worded = (text: string): boolean => /\p{L}/u.test(text.replace(/\{\w+\}/g, ''))
  const same = [...(await load('vi', area))].filter(
    ([path, text]) => worded(text) && english.get(path) === text && !SHARED.test(path),
  )
  expect(same.map(([path, text]) => `${path}: ${text}`)).toEqual([])
})

test.each(areaNames)('%s: what is counted has every form that its language needs', async (area) => {
  for (const language of languages) {
    const texts = await load(language, area)
    const counted = [...texts.keys()].filter((path) => path.endsWith('.other') && texts.get(path)?.includes('{n}'))
    for (const path of counted)
      for (const category of new Intl.PluralRules(language).resolvedOptions().pluralCategories)
        expect(texts.has(path.replace(/other$/, category)), `${language} ${path} as ${category}`).toBe(true)
  }
})
