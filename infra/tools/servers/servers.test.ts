import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installed } from './find-program.ts'
import { makeOnce } from './make-once.ts'
import { sharedPostgres } from './migrated-postgres.ts'
import { supervise } from './server-process.ts'
import { until } from './until.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'repartee-servers-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Starts a Redis and prints its process id and log file. */
const STARTER = `
  import { startRedis } from '@repartee/tools/servers/start-redis'
  const { process: server } = await startRedis()
  console.log(JSON.stringify({ pid: server.pid, logFile: server.logFile }))
  setInterval(() => undefined, 1_000)
`

test.runIf(installed('redis-server'))('servers and folders of a process that was killed are removed', async () => {
  const args = ['--conditions=source', '--import', 'tsx', '--input-type=module', '--eval', STARTER]
  const child = spawn(process.execPath, args, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { pid, logFile } = JSON.parse(String(line)) as { pid: number; logFile: string }
  expect(isAlive(pid)).toBe(true)
  expect(existsSync(logFile)).toBe(true)
  child.kill('SIGKILL')
  await until('Redis and its folder are gone', 20_000, () => !isAlive(pid) && !existsSync(logFile))
})

test('a server that exits while it starts is reported with its exit code and output', async () => {
  const server = supervise({
    name: 'Broken',
    command: process.execPath,
    args: ['-e', 'console.error("no such setting"); process.exit(3)'],
    logFile: join(folder, 'log'),
    ready: async () => false,
  })
  await expect(server.start()).rejects.toThrow('Broken ended while it was starting, exit code 3:\nno such setting')
})

test('a server that exits unexpectedly is reported once, and one that is stopped is not', async () => {
  const lost: string[] = []
  const server = supervise({
    name: 'Sleeper',
    command: process.execPath,
    args: ['-e', 'setInterval(() => undefined, 1_000)'],
    logFile: join(folder, 'sleeper'),
    ready: async () => true,
    onLost: (how) => lost.push(how),
  })
  await server.start()
  await server.stop()
  expect(lost).toEqual([])
  await server.start()
  server.signal('SIGKILL')
  await until('its loss is reported', 10_000, () => lost.length > 0)
  expect(lost).toEqual(['SIGKILL'])
})

test('a folder that several processes create at once is complete and from one of them', async () => {
  const path = join(folder, 'once')
  const make = (name: string) =>
    makeOnce(path, async (into) => {
      writeFileSync(join(into, 'first'), name)
      await Promise.resolve()
      writeFileSync(join(into, 'second'), name)
    })
  expect(await Promise.all(['a', 'b', 'c'].map(make))).toEqual([path, path, path])
  expect(readFileSync(join(path, 'first'), 'utf8')).toBe(readFileSync(join(path, 'second'), 'utf8'))
})

test.runIf(installed('postgres'))('each database on the shared server is new and has the schema', async () => {
  const server = await sharedPostgres()
  const [one, two] = await Promise.all([server.createDatabase(), server.createDatabase()])
  const clients = [one, two].map((url) => new pg.Client(url))
  for (const client of clients) await client.connect()
  await clients[0]?.query(`insert into meta (name, value) values ('here', 'only')`)
  const found = await clients[1]?.query(`select name from meta where name = 'here'`)
  expect(found?.rows).toEqual([])
  for (const client of clients) await client.end()
})
