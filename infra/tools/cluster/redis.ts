import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Child, createChild } from './child.ts'
import type { Keeper } from './keeper.ts'

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ path }, () => socket.write('PING\r\n'))
    const end = (result: boolean): void => {
      resolve(result)
      socket.destroy()
    }
    socket.once('data', (data) => end(String(data).startsWith('+PONG')))
    socket.once('error', () => end(false))
    socket.setTimeout(1_000, () => end(false))
  })

/** A Redis of its own on a socket in a folder; it keeps nothing, as it never has the only copy of anything. */
export const prepareRedis = (o: { program: string; folder: string; keeper: Keeper }): { child: Child; url: string } => {
  mkdirSync(o.folder, { mode: 0o700 })
  const path = join(o.folder, 'socket')
  const child = createChild({
    name: 'Redis',
    command: o.program,
    args: ['--port', '0', '--unixsocket', path, '--dir', o.folder, '--save', '', '--appendonly', 'no'],
    logFile: join(o.folder, 'log'),
    keeper: o.keeper,
    ready: () => answers(path),
  })
  return { child, url: `unix://${path}` }
}
