import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type NetConnectOpts } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const BINARY = 'redis-server'

/** Whether there is a Redis to test with; says so when there is none. */
export const hasRedis = ((): boolean => {
  const found = spawnSync(BINARY, ['--version']).status === 0
  if (!found) console.warn(`${BINARY} is not installed: tests with it are skipped`)
  return found
})()

const ask = (at: NetConnectOpts, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(at, () => socket.write(`${command}\r\n`))
    socket.setEncoding('utf8')
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')))
    socket.once('data', (text: string) => {
      resolve(text)
      socket.destroy()
    })
    socket.once('error', reject)
  })

/**
 * Start a Redis of one's own, on a socket in a folder of its own or on a port; it keeps nothing. With `sentinel` it is a
 * Sentinel with these lines of configuration.
 */
export const startRedis = async (o: { port?: number; args?: readonly string[]; sentinel?: readonly string[] } = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'repartee-redis-'))
  const path = join(folder, 'redis.sock')
  const at: NetConnectOpts = o.port === undefined ? { path } : { host: '127.0.0.1', port: o.port }
  const listen = o.port === undefined ? ['--port', '0', '--unixsocket', path] : ['--port', `${o.port}`]
  const base = [...listen, '--bind', '127.0.0.1', '--dir', folder]
  const file = join(folder, 'redis.conf')
  if (o.sentinel !== undefined) await writeFile(file, o.sentinel.join('\n'))
  const args =
    o.sentinel === undefined
      ? [...base, '--save', '', '--appendonly', 'no', ...(o.args ?? [])]
      : [file, '--sentinel', ...base]
  let child: ChildProcess | null = null

  const start = async (): Promise<void> => {
    child = spawn(BINARY, args, { stdio: 'ignore' })
    for (let tries = 0; tries < 500; tries += 1) {
      if ((await ask(at, 'PING').catch(() => '')).startsWith('+PONG')) return
      await delay(10)
    }
    throw new Error('redis did not start')
  }

  const kill = async (): Promise<void> => {
    const running = child
    child = null
    if (running === null || running.exitCode !== null) return
    const ended = once(running, 'exit')
    running.kill('SIGKILL')
    await ended
  }

  await start()
  return {
    url: o.port === undefined ? `unix://${path}` : `redis://127.0.0.1:${o.port}`,
    /** Send one command, and get the answer's first piece. */
    ask: (command: string) => ask(at, command),
    start,
    kill,
    /** Stop it where it is, with its connections open. */
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async stop() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
export type RedisServer = Awaited<ReturnType<typeof startRedis>>
