import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runLogs } from './logs-command.ts'

const LOG = [
  '{"level":"info","time":"2026-01-02T03:04:05.000Z","port":8080,"msg":"ready"}',
  '{"time":"2026-01-02T03:04:06+00:00","level":"error","msg":"request","source":"nginx","requestId":"abc","method":"POST","path":"/api/v1/sites/demo/threads/0198c0de-0000-7000-8000-00000000abcd/comments","status":503}',
  'nginx: something else',
  '',
].join('\n')

const run = async (...args: string[]) => {
  const [out, err]: string[][] = [[], []]
  const code = await runLogs(
    args,
    (line) => out?.push(line),
    (line) => err?.push(line),
  )
  return { code, out: (out ?? []).join('\n'), err: (err ?? []).join('\n') }
}

test('a file is summarised as text or JSON; a missing file and wrong arguments are refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'repartee-logs-'))
  const file = join(folder, 'service.log')
  await writeFile(file, LOG)
  const { code, out } = await run(file)
  expect(code).toBe(0)
  expect(out).toContain('3 lines: 1 error, 1 info, 1 unreadable')
  expect(out).toContain('path=/api/v1/sites/<site>/threads/<id>/comments')
  expect(out).toContain('[abc]')
  expect(JSON.parse((await run(file, '--json')).out)).toMatchObject({ lines: 3, unreadable: 1 })
  expect(await run(join(folder, 'missing'))).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^cannot read \S+missing: no such file or folder$/),
  })
  expect(await run(folder)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^cannot read \S+: it is a folder$/),
  })
  expect((await run(file, '--limit', '0')).code).toBe(2)
  expect(await run('--limit', 'x')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^--limit: expected a whole number.*\n\nUsage: npm run logs/),
  })
  expect((await run(file, file)).err).toContain('one argument too many')
  await writeFile(file, 'no log at all\n')
  expect((await run(file)).code).toBe(1)
  await rm(folder, { recursive: true })
})

test('a log is summarised from a pipe', async () => {
  const main = fileURLToPath(new URL('run-logs.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', main], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(LOG)
  const [out] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(child.exitCode).toBe(0)
  expect(out).toContain('3 lines: 1 error, 1 info, 1 unreadable')
})
