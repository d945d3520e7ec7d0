import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { findBinaries } from '../../servers/start-postgres.ts'
import { type Program, startProgram } from './program.ts'
import { quietPort } from './quiet-port.ts'
import { until } from './until.ts'

/** A PostgreSQL that keeps what it has committed, whatever happens to it. */
export type PostgresPart = {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  /** Stop without a checkpoint, as a crash would. */
  stopImmediately(): Promise<void>
  /** Start it again; resolves when it takes connections. */
  start(): Promise<void>
  stop(): Promise<void>
}

const START_WITHIN_MS = 60_000

/** PostgreSQL refuses to run as root; its package brings a user for it. */
const owner = (): { uid: number; gid: number } | Record<string, never> => {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** Whether it answers the question for encryption, which it does once it listens. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.write(Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]))
    })
    const say = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(500, say(false))
    socket.once('data', say(true)).once('error', say(false)).once('close', say(false))
  })

/** Make a server in a folder of its own, with `fsync` and all that keeps commits. */
export const startPostgresPart = async (folder: string): Promise<PostgresPart> => {
  const bin = findBinaries()
  if (bin === null) throw new Error('PostgreSQL 15 is not installed')
  const home = join(folder, 'postgres')
  mkdirSync(home)
  const account = owner()
  if (account.uid !== undefined) chownSync(home, account.uid, account.gid)
  const data = join(home, 'data')
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N']
  execFileSync(join(bin, 'initdb'), initdb, { ...account, stdio: 'ignore' })
  const port = await quietPort()
  const settings = [
    `port=${port}`,
    `unix_socket_directories=${home}`,
    'listen_addresses=127.0.0.1',
    'fsync=on',
    'synchronous_commit=on',
    'full_page_writes=on',
    'max_connections=300',
    'shared_buffers=128MB',
    // What recovery has to read stays short.
    'checkpoint_timeout=30s',
  ].flatMap((setting) => ['-c', setting])
  let running: Program | null = null

  const end = async (name: NodeJS.Signals): Promise<void> => {
    await running?.end(name)
    running = null
  }
  const start = async (): Promise<void> => {
    if (running !== null) return
    const program = startProgram({
      command: join(bin, 'postgres'),
      args: ['-D', data, ...settings],
      owner: account,
      log: join(folder, 'postgres.log'),
    })
    running = program
    await until('PostgreSQL takes connections', START_WITHIN_MS, () => {
      if (program.exit !== null) throw new Error(`postgres: ${program.exit}`)
      return answers(port)
    })
    const create = ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'postgres', '-c', 'select 1', 'postgres']
    await until('PostgreSQL has recovered', START_WITHIN_MS, () => {
      execFileSync(join(bin, 'psql'), create, { stdio: 'ignore' })
      return true
    })
  }

  await start()
  return {
    host: '127.0.0.1',
    port,
    database: 'postgres',
    user: 'postgres',
    start,
    stopImmediately: () => end('SIGQUIT'),
    stop: () => end('SIGINT'),
  }
}
