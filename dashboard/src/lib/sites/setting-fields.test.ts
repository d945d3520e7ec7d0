import { siteSettingsSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import {
  entered,
  type SettingPath,
  settingAt,
  settingControls,
  settingGroups,
  settingPaths,
  settingsPatch,
  shown,
} from './setting-fields.ts'

const defaults = v.parse(siteSettingsSchema, {})

/** Paths of all values of an object that are no objects themselves. */
const leaves = (value: unknown, path: string[] = []): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
    : [path.join('.')]

test('every setting of a site can be edited, in one group and one only', () => {
  expect(settingPaths.toSorted()).toEqual(leaves(defaults).toSorted())
  expect(Object.values(settingGroups).flat().toSorted()).toEqual(leaves(defaults).toSorted())
})

test('what a control shows for a default is read back as that default', () => {
  for (const path of settingPaths) {
    const value = settingAt(defaults, path)
    expect(entered(settingControls[path], shown(settingControls[path], value)), path).toEqual(value)
  }
})

test.each(['', ' ', '-1', '1.5', 'ten', '99999999999', '1e400', 'NaN'])('%j is no amount', (text) => {
  expect(entered(settingControls['links.hold'], text)).toBe(null)
})

test('a length of time is entered in minutes, also halves of one', () => {
  expect(entered(settingControls.editWindowMs, '15')).toBe(900_000)
  expect(entered(settingControls.editWindowMs, '0.5')).toBe(30_000)
  expect(entered(settingControls.editWindowMs, '0.00001')).toBe(null)
})

test('empty and doubled lines of a list are left out', () => {
  expect(entered(settingControls['words.held'], ' casino \n\nbetting\ncasino\n')).toEqual(['casino', 'betting'])
})

test('a change of one of two settings that stand together keeps the other', () => {
  const settings = v.parse(siteSettingsSchema, {
    links: { hold: 1, refuse: 9 },
    words: { held: ['a'], blocked: ['b'] },
  })
  const patch = settingsPatch(
    settings,
    new Map<SettingPath, unknown>([
      ['links.hold', 2],
      ['words.held', []],
      ['words.blocked', ['c']],
    ]),
  )
  expect(patch).toEqual({ links: { hold: 2, refuse: 9 }, words: { held: [], blocked: ['c'] } })
})
