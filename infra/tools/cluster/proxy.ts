import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { nginxDefaults, writeNginx } from '../../deploy/nginx/render.ts'
import { type Child, createChild } from './child.ts'
import type { Keeper } from './keeper.ts'
import type { Programs } from './programs.ts'

/** Everybody comes from one address here. */
const PER_ADDRESS = 20_000

const makeCertificate = (openssl: string, folder: string): { certificate: string; key: string } => {
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  execFileSync(
    openssl,
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', key, '-out', certificate],
    ],
    { stdio: 'ignore' },
  )
  return { certificate, key }
}

const answersOverTls = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, path: '/healthz', rejectUnauthorized: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    sent.on('error', () => resolve(false))
    sent.end()
  })

/** nginx before the nodes, with a certificate of its own making unless it is to be plain. */
export const prepareProxy = async (o: {
  programs: Programs
  folder: string
  port: number
  plain: boolean
  upstreams: readonly string[]
  keeper: Keeper
}): Promise<{ child: Child; url: string }> => {
  // Workers run as another account when this is root.
  mkdirSync(o.folder, { mode: 0o755 })
  const file = join(o.folder, 'nginx.conf')
  await writeNginx(file, {
    ...nginxDefaults,
    upstreams: o.upstreams,
    port: o.port,
    listen: ['127.0.0.1'],
    tls: o.plain ? null : makeCertificate(o.programs.openssl, o.folder),
    state: join(o.folder, 'state'),
    cache: join(o.folder, 'cache'),
    accessLog: join(o.folder, 'access.log'),
    errorLog: join(o.folder, 'error.log'),
    workers: 2,
    workerConnections: 40_000,
    socketsPerAddress: PER_ADDRESS,
    requestsPerAddress: PER_ADDRESS,
  })
  const url = `${o.plain ? 'http' : 'https'}://localhost:${o.port}`
  const child = createChild({
    name: 'nginx',
    command: o.programs.nginx,
    args: ['-c', file, '-g', 'daemon off;'],
    logFile: join(o.folder, 'log'),
    keeper: o.keeper,
    ready: async () => (o.plain ? (await fetch(`http://127.0.0.1:${o.port}/healthz`)).ok : answersOverTls(o.port)),
  })
  return { child, url }
}
