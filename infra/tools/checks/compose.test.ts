import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { options, readConfig } from '@repartee/service/config'
import { parseConnectionUrl } from '@repartee/service/postgres/pool/connection-url'
import { describe, expect, test } from 'vitest'
import { findTool, readFile, readYaml, root, run } from './deployment-tools.ts'

type Service = {
  image?: string
  ports?: string[]
  networks?: string[] | Record<string, unknown>
  environment?: Record<string, string>
  volumes?: string[]
  depends_on?: Record<string, { condition: string }>
  restart?: string
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  healthcheck?: { disable?: boolean; test?: string[] }
  deploy?: { resources?: { limits?: { memory?: string; cpus?: string } } }
}
type Compose = {
  services: Record<string, Service>
  volumes: Record<string, unknown>
  networks: Record<string, { internal?: boolean; ipam?: { config: { subnet: string }[] } } | undefined>
}

const text = readFile('docker-compose.yml')
const [compose] = readYaml<Compose>(text)
if (compose === undefined) throw new Error('docker-compose.yml is empty')
const services = Object.entries(compose.services)
const oneShots = ['setup', 'db-init', 'migrate']
/** Its image has no program for a health check; the alert ExporterDown replaces it. */
const WATCHED_BY_PROMETHEUS = 'nginx-exporter'
const service = (name: string): Service => compose.services[name] ?? {}

const networksOf = (name: string): string[] => {
  const { networks = [] } = service(name)
  return Array.isArray(networks) ? networks : Object.keys(networks)
}

/** The value of `${NAME:-default}` if nothing is set. */
const withDefaults = (value: string): string => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')

const compositions = findTool('compose-spec')
/** Docker Compose, as a plugin or as a program. */
const plugin = run('docker', ['compose', 'version']).code === 0
const dockerCompose = plugin ? 'docker' : findTool('docker-compose', ['version'])

describe('docker-compose.yml', () => {
  test.runIf(dockerCompose !== null)('is accepted by docker compose', () => {
    const config = [...(plugin ? ['compose'] : []), 'config', '--quiet']
    expect(run(dockerCompose ?? '', config)).toMatchObject({ code: 0 })
  })

  test.runIf(compositions !== null)(
    'is accepted by the loader of Docker Compose, which refuses a deliberate mistake',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'repartee-compose-'))
      try {
        const wrong = join(folder, 'docker-compose.yml')
        writeFileSync(wrong, text.replace('condition: service_completed_successfully', 'condition: service_finished'))
        expect(run(compositions ?? '', ['docker-compose.yml'])).toMatchObject({ code: 0 })
        expect(run(compositions ?? '', ['docker-compose.yml', 'infra/deploy/docker/compose.test.yml'])).toMatchObject({
          code: 0,
        })
        expect(run(compositions ?? '', [wrong]).code).not.toBe(0)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )

  test('publishes only ports of nginx, by default on the loopback address', () => {
    expect(services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['nginx'])
    for (const port of service('nginx').ports ?? []) expect(withDefaults(port)).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  test('gives every container limits, a read-only root, only the listed capabilities and no new privileges', () => {
    for (const [name, { deploy, read_only, cap_drop, security_opt }] of services) {
      const limits = deploy?.resources?.limits
      expect({
        name,
        read_only,
        cap_drop,
        security_opt,
        bounded: limits?.memory !== undefined && limits.cpus !== undefined,
      }).toEqual({ name, read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], bounded: true })
    }
  })

  test('restarts every long-running container and checks its health', () => {
    for (const [name, { restart, healthcheck }] of services.filter(([name]) => !oneShots.includes(name)))
      expect({ name, restart, checked: (healthcheck?.test ?? []).length > 1 }).toEqual({
        name,
        restart: 'unless-stopped',
        checked: name !== WATCHED_BY_PROMETHEUS,
      })
  })

  test('starts in order: certificates, databases, roles, schema, nodes, nginx', () => {
    const waits = (name: string): Record<string, string> =>
      Object.fromEntries(Object.entries(service(name).depends_on ?? {}).map(([on, { condition }]) => [on, condition]))
    for (const db of ['db-1', 'db-2', 'db-3']) expect(waits(db)).toEqual({ setup: 'service_completed_successfully' })
    // Databases become healthy only once the cluster is initialised, so that cannot wait for their health.
    expect(new Set(Object.values(waits('db-init')))).toEqual(new Set(['service_started']))
    expect(waits('migrate')).toMatchObject({ 'db-init': 'service_completed_successfully', 'db-1': 'service_healthy' })
    for (const node of ['node-1', 'node-2'])
      expect(waits(node)).toEqual({ migrate: 'service_completed_successfully', redis: 'service_healthy' })
    expect(waits('nginx')).toEqual({ 'node-1': 'service_healthy', 'node-2': 'service_healthy' })
  })

  test('has a container that waits for the success of each one-shot; otherwise `up --wait` fails when it ends', () => {
    for (const oneShot of oneShots)
      expect(services.map(([, { depends_on }]) => depends_on?.[oneShot]?.condition)).toContain(
        'service_completed_successfully',
      )
  })

  test('keeps databases, Redis and metrics on internal networks', () => {
    const inner = ['data', 'front', 'watch', 'panel']
    for (const name of inner) expect(compose.networks[name]).toMatchObject({ internal: true })
    for (const name of [
      'db-1',
      'db-2',
      'db-3',
      'redis',
      'migrate',
      'prometheus',
      'grafana',
      'redis-exporter',
      'nginx-exporter',
    ])
      expect(networksOf(name).filter((network) => !inner.includes(network))).toEqual([])
  })

  test('connects nginx and the nodes by one network only, whose addresses they trust', () => {
    for (const node of ['node-1', 'node-2']) {
      expect(networksOf(node).filter((network) => networksOf('nginx').includes(network))).toEqual(['front'])
      expect(service(node).environment?.TRUSTED_PROXIES).toBe(compose.networks.front?.ipam?.config[0]?.subnet)
    }
  })

  test('gives each container that reads a secret its own volume', () => {
    const readers = (volume: string): string[] =>
      services
        .filter(([name, { volumes }]) => name !== 'setup' && volumes?.some((mount) => mount.startsWith(`${volume}:`)))
        .map(([name]) => name)
    expect(readers('ca')).toEqual([])
    expect(readers('certs-root')).toEqual(['db-init'])
    expect(readers('certs-migrate')).toEqual(['db-init', 'migrate'])
    expect(readers('certs-service')).toEqual(['node-1', 'node-2'])
    expect(readers('secrets-redis')).toEqual(['redis'])
    expect(readers('secrets-grafana')).toEqual(['grafana'])
    expect(readers('secrets-exporter')).toEqual(['redis-exporter'])
  })

  test('contains no password', () => {
    for (const [name, { environment = {} }] of services)
      for (const [key, value] of Object.entries(environment))
        if (/PASSWORD|SECRET|TOKEN|_KEYS|REDIS_URL|SMTP_URL|LICENSE/.test(key))
          expect(`${name} ${key}=${value}`).toMatch(/_FILE=\/|=\$\{\w+:-\}$/)
  })

  test('sets only variables that the service reads, to values it accepts', () => {
    for (const name of ['node-1', 'node-2', 'migrate']) {
      const entries = Object.entries(service(name).environment ?? {})
      for (const [key] of entries)
        expect(Object.keys(options)).toContain(Object.hasOwn(options, key) ? key : key.replace(/_FILE$/, ''))
      const given = entries.map(([key, value]) =>
        key === 'REPARTEE_SECRET_FILE'
          ? ['REPARTEE_SECRET', 'x'.repeat(48)]
          : key === 'REDIS_URL_FILE'
            ? ['REDIS_URL', 'redis://:password@redis:6379']
            : [key, withDefaults(value)],
      )
      expect(() => readConfig(Object.fromEntries(given), name === 'migrate' ? 'operate' : 'serve')).not.toThrow()
    }
  })

  test('connects to three databases and verifies their certificates; only the migrating user differs', () => {
    for (const [name, user] of [
      ['node-1', 'repartee'],
      ['migrate', 'repartee_migrate'],
    ] as const) {
      const url = parseConnectionUrl(service(name).environment?.DATABASE_URL ?? '')
      expect(url).toMatchObject({ user, password: undefined, database: 'repartee', tls: { mode: 'verify-full' } })
      expect(url.addresses).toEqual(['db-1', 'db-2', 'db-3'].map((host) => ({ host, port: 26257 })))
      expect(url.tls.cert).toBe(`/certs/client.${user}.crt`)
    }
  })

  test('mounts files that exist and volumes that are declared', () => {
    for (const [, { volumes = [] }] of services)
      for (const mount of volumes) {
        const [from = ''] = withDefaults(mount).split(':')
        if (from.startsWith('./')) expect([from, existsSync(join(root, from))]).toEqual([from, true])
        else expect(Object.keys(compose.volumes)).toContain(from)
      }
  })
})
