import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { nginxDefaults, writeNginx } from '../../../deploy/nginx/render.ts'
import { startProgram } from './program.ts'
import { quietPort } from './quiet-port.ts'
import { until } from './until.ts'

/** The nginx in front of the nodes. */
export type NginxPart = {
  readonly url: string
  /** Read the configuration again: new workers take over, old ones finish. */
  reload(): void
  stop(): Promise<void>
}

export const hasNginx = (): boolean => spawnSync('nginx', ['-v']).status === 0

/** All clients of a run share one address. */
const PER_ADDRESS = 10_000

/** Start it with the configuration of the product. */
export const startNginxPart = async (folder: string, upstreams: readonly string[]): Promise<NginxPart> => {
  const port = await quietPort()
  const home = join(folder, 'nginx')
  mkdirSync(home)
  const file = join(home, 'nginx.conf')
  await writeNginx(file, {
    ...nginxDefaults,
    upstreams,
    port,
    listen: ['127.0.0.1'],
    state: join(home, 'state'),
    cache: join(home, 'cache'),
    accessLog: join(folder, 'access.log'),
    errorLog: join(folder, 'nginx.log'),
    workers: 1,
    workerConnections: 4_096,
    socketsPerAddress: PER_ADDRESS,
    requestsPerAddress: PER_ADDRESS,
  })
  const program = startProgram({
    command: 'nginx',
    args: ['-c', file, '-g', 'daemon off;'],
    log: join(folder, 'nginx.log'),
  })
  const url = `http://127.0.0.1:${port}`
  await until('nginx answers', 10_000, async () => {
    if (program.exit !== null) throw new Error(`nginx: ${program.exit}`)
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) })
    await answer.arrayBuffer()
    return true
  })
  return {
    url,
    reload: () => program.signal('SIGHUP'),
    stop: () => program.end('SIGTERM'),
  }
}
