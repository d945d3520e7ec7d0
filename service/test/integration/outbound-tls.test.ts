import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeAuthority, makeCertificate } from '../postgres/certificates.ts'
import { whole } from './odd-server.ts'

let folder: string
let server: Server
let port: number
const asked: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repartee-tls-'))
  makeAuthority(folder, 'authority')
  makeCertificate(folder, { authority: 'authority', name: 'blog', commonName: 'blog', names: 'DNS:blog.example' })
  const [key, cert] = [await readFile(join(folder, 'blog.key')), await readFile(join(folder, 'blog.crt'))]
  server = createServer({ key, cert }, (request, response) => {
    asked.push(request.headers.host ?? '')
    response.end('over TLS')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => server?.close(resolve))
  await rm(folder, { recursive: true })
})

const fetchIn = (env: Record<string, string>, ...urls: string[]): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('./outbound-child.ts', import.meta.url))
    execFile(
      process.execPath,
      ['--conditions=source', '--import', 'tsx', script, ...urls],
      { env: { PATH: process.env.PATH, ...env } },
      (error, stdout) => (error === null ? resolve(stdout.trimEnd().split('\n')) : reject(error)),
    )
  })

test('a certificate must be for the name in the URL, although the connection is to an address', async () => {
  const trusting = { NODE_EXTRA_CA_CERTS: join(folder, 'authority.crt') }
  const urls = ['blog.example', 'other.example', '127.0.0.1'].map((host) => `https://${host}:${port}/`)
  expect(await fetchIn(trusting, ...urls)).toEqual([
    'over TLS',
    'tls_failed ERR_TLS_CERT_ALTNAME_INVALID',
    'tls_failed ERR_TLS_CERT_ALTNAME_INVALID',
  ])
  expect(asked).toEqual([`blog.example:${port}`])
})

test('an unknown authority is refused, even where the environment would accept any', async () => {
  asked.splice(0)
  const url = `https://blog.example:${port}/`
  expect(await fetchIn({}, url)).toEqual(['tls_failed UNABLE_TO_VERIFY_LEAF_SIGNATURE'])
  expect(await fetchIn({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, url)).toEqual([
    'tls_failed UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])
  expect(asked).toEqual([])
})

test('a server without TLS is a failure of TLS', async () => {
  const eager = createTcpServer((socket) =>
    socket
      .on('error', () => undefined)
      .resume()
      .end(whole('x')),
  )
  await new Promise<void>((resolve) => eager.listen(0, '127.0.0.1', resolve))
  const address = eager.address()
  const eagerPort = typeof address === 'object' && address !== null ? address.port : 0
  expect(await fetchIn({}, `https://blog.example:${eagerPort}/`)).toEqual([expect.stringMatching(/^tls_failed /)])
  await new Promise((resolve) => eager.close(resolve))
})
