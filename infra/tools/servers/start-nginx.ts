import { once } from 'node:events'
import { chmodSync, mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type NginxOptions, nginxDefaults, writeNginx } from '../../deploy/nginx/render.ts'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { makeSelfSigned } from './self-signed.ts'
import { makeServerFolder } from './server-folder.ts'
import { type ServerProcess, supervise } from './server-process.ts'

/** Changes to the product's configuration. By default it uses TLS with a self-signed certificate. */
export type NginxChange = Partial<NginxOptions> & Pick<NginxOptions, 'upstreams'>

/** An nginx on 127.0.0.1 with the product's configuration. */
export type NginxServer = {
  readonly port: number
  readonly url: string
  /** URL of its counters, for an exporter. */
  readonly statusUrl: string
  readonly process: ServerProcess
  /** The lines of the access log so far. */
  log(): Promise<Record<string, unknown>[]>
  /** Reload the configuration: new workers take over, old ones finish. */
  reload(): void
  /** Stop it, and remove a temporary folder. */
  stop(): Promise<void>
}

/** Write `nginx.conf` for a small nginx whose files are all in one folder. */
export const writeNginxFolder = async (
  folder: string,
  change: NginxChange,
): Promise<NginxOptions & { readonly statusPort: number }> => {
  mkdirSync(folder, { recursive: true })
  // If this process is root, nginx's workers run as another account.
  chmodSync(folder, 0o755)
  const options = {
    ...nginxDefaults,
    port: change.port ?? (await freePort()),
    statusPort: change.statusPort ?? (await freePort()),
    listen: ['127.0.0.1'],
    tls: change.tls === undefined ? makeSelfSigned(folder) : change.tls,
    state: join(folder, 'state'),
    cache: join(folder, 'cache'),
    accessLog: join(folder, 'access.log'),
    errorLog: join(folder, 'error.log'),
    workers: 1,
    workerConnections: 1_024,
    ...change,
  }
  await writeNginx(join(folder, 'nginx.conf'), options)
  return options
}

const listens = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } finally {
    socket.destroy()
  }
}

/**
 * Start nginx in front of some upstreams, in `folder` or in a temporary one; it ends with this process at the latest.
 * Throws where it is not installed.
 */
export const startNginx = async (change: NginxChange, o: { folder?: string } = {}): Promise<NginxServer> => {
  const program = findProgram('nginx')
  if (program === null) throw new Error('nginx is not installed')
  const temporary = o.folder === undefined ? makeServerFolder('nginx') : null
  const folder = o.folder ?? temporary?.path ?? ''
  const options = await writeNginxFolder(folder, change)
  const process = supervise({
    name: 'nginx',
    command: program,
    args: ['-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'],
    logFile: join(folder, 'log'),
    ready: () => listens(options.port),
  })
  const stop = async (): Promise<void> => {
    await process.stop()
    temporary?.remove()
  }
  try {
    await process.start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    port: options.port,
    url: `${options.tls === null ? 'http' : 'https'}://localhost:${options.port}`,
    statusUrl: `http://127.0.0.1:${options.statusPort}/stub_status`,
    process,
    log: async () =>
      (await readFile(options.accessLog, 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    reload: () => process.signal('SIGHUP'),
    stop,
  }
}
