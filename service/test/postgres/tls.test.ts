import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installed } from '@repartee/tools/servers/find-program'
import { type MigratedPostgres, startMigratedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from '../../src/adapters/postgres/pool/open-postgres.ts'
import { noMetrics } from '../../testing/no-metrics.ts'
import { silent } from '../../testing/silent.ts'
import { makeAuthority, makeCertificate } from './certificates.ts'

describe.runIf(installed('postgres'))('a database behind TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'repartee-tls-'))
  const file = (name: string): string => join(folder, name)
  let server: MigratedPostgres

  beforeAll(async () => {
    makeAuthority(folder, 'ca')
    makeAuthority(folder, 'stranger')
    makeCertificate(folder, { authority: 'ca', name: 'server', commonName: 'db', names: 'DNS:localhost' })
    makeCertificate(folder, { authority: 'ca', name: 'app', commonName: 'app' })
    makeCertificate(folder, { authority: 'stranger', name: 'false', commonName: 'app' })
    // The user needs a certificate; the owner, who prepares the database, connects without TLS.
    writeFileSync(file('hba'), 'hostssl all app all cert\nhost all postgres all trust\n')
    if (process.getuid?.() === 0) execFileSync('chown', ['-R', 'postgres', folder])
    chmodSync(folder, 0o755)
    server = await startMigratedPostgres({
      settings: {
        ssl: 'on',
        ssl_ca_file: file('ca.crt'),
        ssl_cert_file: file('server.crt'),
        ssl_key_file: file('server.key'),
        hba_file: file('hba'),
      },
    })
    const owner = await open(await server.createDatabase())
    await owner.sql.query('create role app login superuser', [])
    await owner.close()
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const open = (url: string) =>
    openPostgres({ url, log: silent, metrics: noMetrics, now: Date.now, startWithinMs: 10_000 })
  const urlOf = (o: { host?: string; mode?: string; ca?: string; cert?: string | null }): string => {
    const { host = 'localhost', mode = 'verify-full', ca = 'ca', cert = 'app' } = o
    const own = cert === null ? '' : `&sslcert=${file(`${cert}.crt`)}&sslkey=${file(`${cert}.key`)}`
    return `postgres://app@${host}:${server.port}/postgres?sslmode=${mode}&sslrootcert=${file(`${ca}.crt`)}${own}`
  }

  test('verify-full with a client certificate connects, encrypted, as the user it names', async () => {
    const database = await open(urlOf({}))
    const rows = await database.sql.query(
      'select s.ssl, current_user::text as name from pg_stat_ssl s where s.pid = pg_backend_pid()',
      [],
    )
    await database.close()
    expect(rows).toEqual([{ ssl: true, name: 'app' }])
  })

  test.each([
    ['a server under another name', { host: '127.0.0.1' }, /altnames|IP: 127/i],
    ['a server certificate of another authority', { ca: 'stranger' }, /certificate|issuer/i],
    ['a client without a certificate', { cert: null }, /certificate/i],
    [
      'a client certificate of another authority',
      { cert: 'false' },
      /certificate|unknown ca|terminated|ECONNRESET|EPIPE/i,
    ],
  ])('verify-full refuses %s', async (_, change, why) => {
    await expect(open(urlOf(change))).rejects.toThrow(why)
  })

  test('require encrypts without verifying the server', async () => {
    const database = await open(urlOf({ host: '127.0.0.1', mode: 'require', ca: 'stranger' }))
    const rows = await database.sql.query('select s.ssl from pg_stat_ssl s where s.pid = pg_backend_pid()', [])
    await database.close()
    expect(rows).toEqual([{ ssl: true }])
  })

  test('a wrong user and a missing file are reported at once', async () => {
    const startedAt = Date.now()
    await expect(open(urlOf({}).replace('app@', 'nobody@'))).rejects.toThrow(/cannot reach the database/)
    await expect(open(urlOf({ ca: 'missing' }))).rejects.toThrow(/cannot read sslrootcert/)
    // Far less than the wait for a database that does not answer.
    expect(Date.now() - startedAt).toBeLessThan(15_000)
  })
})
