import { expect, test } from 'vitest'
import { runSteps, type Step } from './steps.ts'

const step = (name: string, code: string, more: Partial<Step> = {}): Step => ({
  name,
  command: [process.execPath, '-e', code],
  ...more,
})
const results = async (steps: readonly Step[]) => (await runSteps(steps)).map(({ name, result }) => [name, result])

test('a step that needs a failed one is skipped; one that only comes after it runs, and so do all others', async () => {
  const steps = [
    step('broken', 'process.exit(1)'),
    step('needs it', '', { needs: ['broken'] }),
    step('needs what was left out', '', { needs: ['needs it'] }),
    step('comes after it', '', { after: ['broken'] }),
    step('by itself', ''),
  ]
  expect(await results(steps)).toEqual([
    ['broken', 'failed'],
    ['needs it', 'left out'],
    ['needs what was left out', 'left out'],
    ['comes after it', 'passed'],
    ['by itself', 'passed'],
  ])
})

test('the failure of an optional step is ignored, and a missing program is a failure', async () => {
  const absent = { command: ['/no/such/program'] }
  expect(await results([step('a', '', { ...absent, optional: true }), step('b', '', absent)])).toEqual([
    ['a', 'passed'],
    ['b', 'failed'],
  ])
})

test('steps that do not depend on each other run at the same time', async () => {
  // Each ends when the other one knocks.
  const meet = (own: string, other: string): string => `
    const net = require('node:net'), path = (name) => '/tmp/repartee-steps-${process.pid}-' + name
    const server = net.createServer(() => server.close()).listen(path('${own}'), function knock() {
      net.connect(path('${other}')).on('error', () => setTimeout(knock, 20)).on('connect', function () { this.end() })
    })`
  expect(await results([step('a', meet('a', 'b')), step('b', meet('b', 'a'))])).toEqual([
    ['a', 'passed'],
    ['b', 'passed'],
  ])
})
