import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'

const LOG = [
  '{"level":"info","time":"2026-01-02T03:04:05.000Z","port":8080,"msg":"ready"}',
  '{"time":"2026-01-02T03:04:06+00:00","level":"error","msg":"request","source":"nginx","requestId":"abc","method":"POST","path":"/api/v1/sites/demo/threads/0198c0de-0000-7000-8000-00000000abcd/comments","status":503}',
  'nginx: something else',
  '',
].join('\n')

const run = async (...args: string[]) => {
  const [out, err]: string[][] = [[], []]
  const code = await runCli(
    args,
    {},
    (line) => out?.push(line),
    (line) => err?.push(line),
  )
  return { code, out: (out ?? []).join('\n'), err: (err ?? []).join('\n') }
}

test('a file is summarised as text or JSON; a missing one and wrong words are refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'repartee-logs-'))
  const file = join(folder, 'service.log')
  await writeFile(file, LOG)
  const { code, out } = await run('logs', 'summarize', file)
  expect(code).toBe(0)
  expect(out).toContain('3 lines: 1 error, 1 info, 1 unreadable')
  expect(out).toContain('path=/api/v1/sites/<site>/threads/<id>/comments')
  expect(out).toContain('[abc]')
  expect(JSON.parse((await run('logs', 'summarize', file, '--json')).out)).toMatchObject({ lines: 3, unreadable: 1 })
  expect(await run('logs', 'summarize', join(folder, 'none'))).toMatchObject({
    code: 1,
    err: expect.stringContaining('no such file or folder'),
  })
  expect((await run('logs', 'summarize', file, '--limit', '0')).code).toBe(2)
  await writeFile(file, 'no log at all\n')
  expect((await run('logs', 'summarize', file)).code).toBe(1)
  await rm(folder, { recursive: true })
})

test('a log is summarised from a pipe', async () => {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', main, 'logs', 'summarize'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(LOG)
  const [out] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(child.exitCode).toBe(0)
  expect(out).toContain('3 lines: 1 error, 1 info, 1 unreadable')
})
