import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const script = fileURLToPath(new URL('commit-messages.ts', import.meta.url))
const tsx = import.meta.resolve('tsx')

let repository: string
beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'repartee-commits-'))
  git('init', '--quiet', '--initial-branch=main')
  commit('Start\n\nEvery history begins somewhere.')
})
afterAll(() => rmSync(repository, { recursive: true }))

const git = (...args: string[]): void => {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: repository, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}
const commit = (message: string): void => git('commit', '--quiet', '--allow-empty', '--message', message)

const check = (message: string) => {
  commit(message)
  const { status, stderr } = spawnSync(process.execPath, ['--import', tsx, script, 'HEAD~1..HEAD'], {
    cwd: repository,
    encoding: 'utf8',
  })
  return { status, said: stderr.trim().replace(/^\w+: /, '') }
}

test('a subject of 72 characters with a body passes, whatever script it is written in', () => {
  expect(check(`${'ề'.repeat(72)}\n\nA list of commits shows this much.`)).toEqual({ status: 0, said: '' })
})

test.each([
  [`${'x'.repeat(73)}\n\nWhy.`, 'the subject has 73 characters'],
  ['Rename a thing', 'no body says why'],
  ['Rename a thing\nand another\n\nWhy.', 'the line after the subject is not empty'],
])('%j is refused', (message, why) => {
  expect(check(message)).toEqual({ status: 1, said: expect.stringContaining(why) })
})
