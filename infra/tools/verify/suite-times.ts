import { appendFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

/** What one file of tests came to. */
export type FileTime = {
  readonly suite: string
  readonly file: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly seconds: number
}

const timeOf = (module: TestModule): FileTime => {
  const states = [...module.children.allTests()].map((test) => test.result().state)
  const count = (wanted: string): number => states.filter((state) => state === wanted).length
  const { environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration } = module.diagnostic()
  const ms = environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration
  return {
    suite: module.project.name,
    file: relative(process.cwd(), module.moduleId),
    passed: count('passed'),
    // What fails outside of any test counts as one.
    failed: count('failed') + (module.errors().length > 0 ? 1 : 0),
    skipped: count('skipped'),
    seconds: ms / 1_000,
  }
}

/** A reporter that adds a line of JSON for every file to the file that `SUITE_TIMES` names, also where tests failed. */
export const suiteTimes = (): Reporter => ({
  onTestRunEnd(modules) {
    const { SUITE_TIMES } = process.env
    if (SUITE_TIMES === undefined) return
    appendFileSync(SUITE_TIMES, modules.map((module) => `${JSON.stringify(timeOf(module))}\n`).join(''))
  },
})
