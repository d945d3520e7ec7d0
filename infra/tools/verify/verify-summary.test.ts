import { expect, test } from 'vitest'
import type { FileTime } from './suite-times.ts'
import { describeSteps, describeSuites } from './verify-summary.ts'

const file = (suite: string, name: string, seconds: number, failed = 0): FileTime => ({
  suite,
  file: name,
  passed: 3,
  failed,
  skipped: 1,
  seconds,
})

test('each suite has the sums of its files, also of those that failed; the slowest file comes first', () => {
  const files = [file('unit', 'a.test.ts', 1), file('e2e', 'b.test.ts', 20.04, 2), file('unit', 'c.test.ts', 2.5)]
  const lines = describeSuites(files.map((time) => `${JSON.stringify(time)}\n`).join('')).split('\n')
  expect(lines.map((line) => line.split(/\s{2,}/))).toEqual([
    ['suite', 'files', 'passed', 'failed', 'skipped', 'seconds'],
    Array.from({ length: 6 }, () => expect.stringMatching(/^-+$/)),
    ['unit', '2', '6', '0', '2', '3.5'],
    ['e2e', '1', '3', '2', '1', '20.0'],
    [''],
    ['slowest files', 'seconds'],
    [expect.any(String), expect.any(String)],
    ['b.test.ts', '20.0'],
    ['c.test.ts', '2.5'],
    ['a.test.ts', '1.0'],
    [''],
  ])
})

test('nothing having run is no error, and one failed step fails the whole', () => {
  expect(describeSuites('')).toContain('suite')
  const steps = describeSteps(
    [
      { name: 'build', result: 'failed', seconds: 3 },
      { name: 'suites', result: 'left out', seconds: 0 },
    ],
    5,
  )
  expect(steps).toMatch(/suites +left out +0\.0/)
  expect(steps).toMatch(/everything, by the clock +failed +5\.0/)
})
