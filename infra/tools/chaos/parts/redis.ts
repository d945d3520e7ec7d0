import { connect } from 'node:net'
import { join } from 'node:path'
import { type Program, startProgram } from './program.ts'
import { quietPort } from './quiet-port.ts'
import { until } from './until.ts'

/** A Redis that keeps nothing. */
export type RedisPart = {
  readonly host: string
  readonly port: number
  kill(): Promise<void>
  start(): Promise<void>
  freeze(): void
  thaw(): void
  flush(): Promise<void>
  stop(): Promise<void>
}

const ask = (port: number, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(`${command}\r\n`))
    socket.setEncoding('utf8')
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')))
    socket.once('data', (text: string) => {
      resolve(text)
      socket.destroy()
    })
    socket.once('error', reject)
  })

/** Start one on a free port. */
export const startRedisPart = async (folder: string): Promise<RedisPart> => {
  const port = await quietPort()
  let running: Program | null = null

  const start = async (): Promise<void> => {
    running ??= startProgram({
      command: 'redis-server',
      args: ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
      log: join(folder, 'redis.log'),
    })
    await until('Redis answers', 20_000, async () => (await ask(port, 'PING')).startsWith('+PONG'))
  }
  const kill = async (): Promise<void> => {
    await running?.end('SIGKILL')
    running = null
  }

  await start()
  return {
    host: '127.0.0.1',
    port,
    start,
    kill,
    freeze: () => running?.signal('SIGSTOP'),
    thaw: () => running?.signal('SIGCONT'),
    async flush() {
      if (!(await ask(port, 'FLUSHALL')).startsWith('+OK')) throw new Error('FLUSHALL was refused')
    },
    stop: kill,
  }
}
