import { mkdirSync, writeFileSync } from 'node:fs'
import { connect, type NetConnectOpts } from 'node:net'
import { join } from 'node:path'
import { findProgram } from './find-program.ts'
import { makeServerFolder } from './server-folder.ts'
import { type ServerProcess, supervise } from './server-process.ts'

export type RedisOptions = {
  /** Where its socket and log go; by default a temporary folder that `stop` removes. */
  readonly folder?: string
  /** Listen on 127.0.0.1; by default on a Unix socket in its folder. */
  readonly port?: number
  /** Further arguments of redis-server. */
  readonly args?: readonly string[]
  /** Lines of configuration that make it a Sentinel. */
  readonly sentinel?: readonly string[]
}

/** A Redis without persistence. */
export type RedisServer = {
  readonly url: string
  readonly process: ServerProcess
  /** Send one inline command; resolves with the first chunk of the answer. */
  ask(command: string): Promise<string>
  /** Start it again, with the same address and without data. */
  start(): Promise<void>
  kill(): Promise<void>
  /** Suspend it, with its connections open, until `thaw`. */
  freeze(): void
  thaw(): void
  /** Kill it and remove a temporary folder. */
  stop(): Promise<void>
}

const ANSWER_MS = 1_000

const ask = (at: NetConnectOpts, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(at, () => socket.write(`${command}\r\n`))
    socket.setEncoding('utf8')
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('no answer')))
    socket.once('data', (text: string) => {
      resolve(text)
      socket.destroy()
    })
    socket.once('error', reject)
  })

/** Start a Redis; it ends with this process at the latest. Throws where it is not installed. */
export const startRedis = async (o: RedisOptions = {}): Promise<RedisServer> => {
  const program = findProgram('redis-server')
  if (program === null) throw new Error('redis-server is not installed')
  const temporary = o.folder === undefined ? makeServerFolder('redis') : null
  const folder = o.folder ?? temporary?.path ?? ''
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'socket')
  const at: NetConnectOpts = o.port === undefined ? { path } : { host: '127.0.0.1', port: o.port }
  const listen = o.port === undefined ? ['--port', '0', '--unixsocket', path] : ['--port', `${o.port}`]
  const base = [...listen, '--bind', '127.0.0.1', '--dir', folder]
  const file = join(folder, 'redis.conf')
  if (o.sentinel !== undefined) writeFileSync(file, o.sentinel.join('\n'))
  const process = supervise({
    name: 'Redis',
    command: program,
    args:
      o.sentinel === undefined
        ? [...base, '--save', '', '--appendonly', 'no', ...(o.args ?? [])]
        : [file, '--sentinel', ...base],
    logFile: join(folder, 'log'),
    ready: async () => (await ask(at, 'PING')).startsWith('+PONG'),
  })
  const kill = async (): Promise<void> => {
    await process.stop('SIGKILL')
  }
  const stop = async (): Promise<void> => {
    await kill()
    temporary?.remove()
  }
  try {
    await process.start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: o.port === undefined ? `unix://${path}` : `redis://127.0.0.1:${o.port}`,
    process,
    ask: (command) => ask(at, command),
    start: process.start,
    kill,
    freeze: () => process.signal('SIGSTOP'),
    thaw: () => process.signal('SIGCONT'),
    stop,
  }
}
