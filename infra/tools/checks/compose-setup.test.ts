import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEncryptionKeys } from '@repartee/service/secrets/encryption-key'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from './deployment-tools.ts'

/** Stands in for `cockroach cert`: makes the same files, each with its own content. */
const cockroach = `#!/bin/sh
set -eu
kind=$2 user=\${3:-}
for word in "$@"; do case $word in --certs-dir=*) dir=\${word#*=} ;; --ca-key=*) key=\${word#*=} ;; esac; done
case $kind in
  create-ca) base="$dir/ca"; head -c 9 /dev/urandom | base64 > "$key"; head -c 9 /dev/urandom | base64 > "$dir/ca.crt"; exit ;;
  create-node) base="$dir/node" ;;
  create-client) base="$dir/client.$user" ;;
esac
[ -s "$key" ] && [ -s "$dir/ca.crt" ] || exit 1
for end in crt key; do head -c 9 /dev/urandom | base64 > "$base.$end"; done
`
const folders = ['ca', 'certs-node', 'certs-root', 'certs-migrate', 'certs-service', 'certs-watch']
const secrets = ['secrets/redis', 'secrets/service', 'secrets/grafana', 'secrets/exporter']
// Only root can give files to the users of other containers.
const isRoot = process.getuid?.() === 0
if (!isRoot) process.stderr.write('skipped, because they need root: tests of the first start of the compose file\n')

let work: string
const at = (...path: string[]): string => join(work, ...path)
const setUp = () =>
  run('sh', ['infra/deploy/docker/setup.sh'], { SETUP_ROOT: work, PATH: `${at('bin')}:${process.env.PATH}` })
const contents = (): Record<string, string> =>
  Object.fromEntries(
    [...folders, ...secrets].flatMap((folder) =>
      readdirSync(at(folder)).map((file) => [`${folder}/${file}`, readFileSync(at(folder, file), 'utf8')]),
    ),
  )

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'repartee-setup-'))
  for (const folder of ['bin', ...folders, ...secrets]) mkdirSync(at(folder), { recursive: true })
  writeFileSync(at('bin/cockroach'), cockroach)
  chmodSync(at('bin/cockroach'), 0o755)
})
afterEach(() => rmSync(work, { recursive: true }))

describe.runIf(isRoot)('the first start', () => {
  test('creates every certificate and password once; later starts change nothing', () => {
    expect(setUp()).toMatchObject({ code: 0, err: '' })
    const first = contents()
    expect(Object.keys(first).sort()).toEqual(
      [
        'ca/ca.crt',
        'ca/ca.key',
        ...['ca.crt', 'node.crt', 'node.key'].map((file) => `certs-node/${file}`),
        ...['ca.crt', 'client.root.crt', 'client.root.key'].map((file) => `certs-root/${file}`),
        ...['ca.crt', 'client.repartee_migrate.crt', 'client.repartee_migrate.key'].map((f) => `certs-migrate/${f}`),
        ...['ca.crt', 'client.repartee.crt', 'client.repartee.key'].map((file) => `certs-service/${file}`),
        'certs-watch/ca.crt',
        'secrets/redis/redis.conf',
        'secrets/service/redis-url',
        'secrets/service/repartee-secret',
        'secrets/service/encryption-keys',
        'secrets/grafana/admin-password',
        'secrets/exporter/redis.json',
      ].sort(),
    )
    expect(setUp()).toMatchObject({ code: 0, err: '' })
    expect(contents()).toEqual(first)
  })

  test('continues where it was interrupted', () => {
    expect(setUp().code).toBe(0)
    const first = contents()
    // As if it had been killed between a certificate and its key, and between two secrets.
    rmSync(at('certs-service/client.repartee.key'))
    rmSync(at('secrets/grafana/admin-password'))
    expect(setUp()).toMatchObject({ code: 0, err: '' })
    const second = contents()
    expect(Object.keys(second)).toEqual(Object.keys(first))
    expect(second['ca/ca.key']).toBe(first['ca/ca.key'])
    expect(second['secrets/service/repartee-secret']).toBe(first['secrets/service/repartee-secret'])
  })

  test('creates long, different passwords, and gives Redis and its clients the same one', () => {
    expect(setUp().code).toBe(0)
    const made = contents()
    const redis = /^requirepass (\w{40,})$/m.exec(made['secrets/redis/redis.conf'] ?? '')?.[1] ?? ''
    expect(made['secrets/service/redis-url']).toBe(`redis://:${redis}@redis:6379`)
    expect(JSON.parse(made['secrets/exporter/redis.json'] ?? '')).toEqual({ 'redis://redis:6379': redis })
    expect(parseEncryptionKeys(made['secrets/service/encryption-keys'] ?? '')).toMatchObject([{ id: 'k1' }])
    const others = [made['secrets/service/repartee-secret'] ?? '', made['secrets/grafana/admin-password'] ?? '']
    for (const password of others) expect(password).toMatch(/^\w{40,}$/)
    expect(new Set([redis, ...others]).size).toBe(3)
  })

  test('makes each key readable only by the user of the container that needs it', () => {
    expect(setUp().code).toBe(0)
    const owners: Record<string, number> = {
      'ca/ca.key': 0,
      'certs-node/node.key': 0,
      'certs-root/client.root.key': 0,
      'certs-service/client.repartee.key': 1000,
      'secrets/service/repartee-secret': 1000,
      'secrets/service/encryption-keys': 1000,
      'secrets/redis/redis.conf': 999,
      'secrets/grafana/admin-password': 472,
      'secrets/exporter/redis.json': 59_000,
    }
    for (const [file, uid] of Object.entries(owners)) {
      const { mode, uid: owner } = statSync(at(file))
      expect({ file, owner, others: mode & 0o077 }).toEqual({ file, owner: uid, others: 0 })
    }
  })
})
