import { expect, test } from 'vitest'
import { filesBelow, findTool, readFile, readYaml, run } from './deployment-tools.ts'

type Step = { uses?: string; run?: string; with?: Record<string, unknown> }
type Workflow = {
  permissions?: Record<string, string>
  jobs: Record<string, { 'timeout-minutes'?: number; steps: Step[]; strategy?: { matrix: Record<string, unknown[]> } }>
}

const files = filesBelow('.github/workflows', '.yml')
const actionlint = findTool('actionlint')
const scripts = (JSON.parse(readFile('package.json')) as { scripts: Record<string, string> }).scripts
const workflows = files.flatMap((file) => readYaml<Workflow>(readFile(file)))
const jobs = workflows.flatMap(({ jobs: all }) => Object.entries(all))
const commands = jobs.flatMap(([, { steps }]) => steps.flatMap((step) => (step.run === undefined ? [] : [step.run])))

test.runIf(actionlint !== null)('the hosted workflows pass their linter', () => {
  expect(run(actionlint ?? '', ['-no-color', '-shellcheck=', ...files])).toMatchObject({ code: 0, out: '' })
})

test('the hosted workflows may only read, and have time limits', () => {
  for (const { permissions } of workflows) expect(permissions).toEqual({ contents: 'read' })
  for (const [name, job] of jobs) expect([name, job['timeout-minutes']]).toEqual([name, expect.any(Number)])
})

test('every supported Node version is verified', () => {
  expect(workflows[0]?.jobs.verify?.strategy?.matrix.node).toEqual([20, 22, 24])
  expect(workflows[0]?.jobs.verify?.steps.map((step) => step.run)).toContain('npm run verify -- --strict')
})

test('the workflows call only scripts that exist', () => {
  for (const command of commands)
    for (const [, name = ''] of command.matchAll(/npm run ([\w:-]+)/g)) expect(Object.keys(scripts)).toContain(name)
})
