import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type NginxOptions, nginxDefaults, writeNginx } from '../../deploy/nginx/render.ts'
import { freePort } from '../servers/free-port.ts'
import { findProgram } from './programs.ts'

export const nginxProgram = findProgram('nginx', '-v', 'tests of the proxy are')

/** A folder with a certificate for localhost and the options of a small nginx that lives in it. */
export const nginxFolder = async (
  change: Partial<NginxOptions> & Pick<NginxOptions, 'upstreams'>,
): Promise<{ folder: string; options: NginxOptions; file: string; remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'repartee-nginx-'))
  // Workers run as another account when the tests run as root.
  await chmod(folder, 0o755)
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const made = spawnSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout ${key} -out ${certificate}`.split(
      ' ',
    ),
  )
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`)
  const options: NginxOptions = {
    ...nginxDefaults,
    port: await freePort(),
    listen: ['127.0.0.1'],
    tls: { certificate, key },
    state: join(folder, 'state'),
    cache: join(folder, 'cache'),
    accessLog: join(folder, 'access.log'),
    errorLog: join(folder, 'error.log'),
    workers: 1,
    workerConnections: 1_024,
    ...change,
  }
  const file = join(folder, 'nginx.conf')
  await writeNginx(file, options)
  return { folder, options, file, remove: () => rm(folder, { recursive: true, force: true }) }
}

const answers = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Start nginx with the rendered configuration before some upstreams. */
export const startNginx = async (change: Partial<NginxOptions> & Pick<NginxOptions, 'upstreams'>) => {
  const { options, file, remove } = await nginxFolder(change)
  const child = spawn(nginxProgram ?? 'nginx', ['-c', file, '-g', 'daemon off;'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })
  for (let tries = 0; !(await answers(options.port)); tries += 1) {
    if (tries > 300 || child.exitCode !== null) throw new Error(`nginx did not start: ${said}`)
    await delay(10)
  }
  return {
    port: options.port,
    /** The lines of the access log so far. */
    log: async (): Promise<Record<string, unknown>[]> =>
      (await readFile(options.accessLog, 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    async stop() {
      if (child.exitCode === null) {
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }
      await remove()
    },
  }
}
export type RunningNginx = Awaited<ReturnType<typeof startNginx>>
