import type { Outcome } from './steps.ts'
import type { FileTime } from './suite-times.ts'
import { table } from './table.ts'

const SLOWEST = 8

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

/** What ran in each suite and how long its files took one by one, then the slowest files, from lines of `FileTime`. */
export const describeSuites = (lines: string): string => {
  const files = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as FileTime)
  const rows = [...new Set(files.map(({ suite }) => suite))].map((suite) => {
    const own = files.filter((file) => file.suite === suite)
    const counts = (['passed', 'failed', 'skipped'] as const).map((result) => sum(own.map((file) => file[result])))
    return [suite, own.length, ...counts, sum(own.map(({ seconds }) => seconds)).toFixed(1)]
  })
  const slowest = files
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST)
    .map(({ file, seconds }) => [file, seconds.toFixed(1)])
  return [
    table(['suite', 'files', 'passed', 'failed', 'skipped', 'seconds'], rows),
    table(['slowest files', 'seconds'], slowest),
  ].join('\n')
}

/** What became of each step, and of all of them by the clock. */
export const describeSteps = (outcomes: readonly Outcome[], wallSeconds: number): string =>
  table(
    ['step', 'result', 'seconds'],
    [
      ...outcomes.map(({ name, result, seconds }) => [name, result, seconds.toFixed(1)]),
      [
        'everything, by the clock',
        outcomes.every(({ result }) => result === 'passed') ? 'passed' : 'failed',
        wallSeconds.toFixed(1),
      ],
    ],
  )
