import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { registerSite } from '@repartee/service/testing/people'
import { TEST_KEYS } from '@repartee/service/testing/test-secrets'
import { freePort } from '../servers/free-port.ts'
import { type NginxChange, type NginxServer, startNginx } from '../servers/start-nginx.ts'
import { type Postgres, startPostgres } from '../servers/start-postgres.ts'
import { type RedisServer, startRedis } from '../servers/start-redis.ts'
import { type ChaosNode, createChaosNode } from './parts/chaos-node.ts'
import type { Line } from './parts/line.ts'
import { createNamespace, type Namespace, removeStaleNamespaces } from './parts/namespace.ts'
import { type FaultProxy, startFaultProxy } from './proxy/start-fault-proxy.ts'
import { startPlainProxy } from './proxy/start-plain-proxy.ts'

/** What a node communicates with, each over its own line. */
export type Purpose = 'readers' | 'database' | 'redis'
const purposes = ['readers', 'database', 'redis'] as const

/** A node and the lines that connect it. */
export type Member = {
  readonly node: ChaosNode
  /** The `readers` line exists only with namespaces. */
  readonly lines: Readonly<Partial<Record<Purpose, Line>>>
}

/** One gateway to the database: a proxy for each node, so that a line can fail for a single node. */
export type Gateway = readonly FaultProxy[]

/** A complete deployment on this machine. */
export type Topology = {
  /** Where clients connect: nginx, or every node. */
  readonly urls: readonly string[]
  readonly members: readonly Member[]
  readonly gateways: readonly Gateway[]
  /** Its URL bypasses every proxy. */
  readonly postgres: Postgres
  readonly redis: RedisServer
  readonly nginx: NginxServer | null
  /** Holds the logs and data of every part. */
  readonly folder: string
  /** Register a site under a public key; resolves with the key. */
  createSite(key: string): Promise<string>
  stop(): Promise<void>
}

export type TopologyOptions = {
  readonly nodes: number
  readonly gateways: number
  readonly nginx: boolean
  readonly namespaces: boolean
  /** Folder of the built service. */
  readonly service: string
  readonly onCrash: (how: string) => void
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const SECRET = 'a secret that all nodes of this run share'

type Place = {
  readonly namespace: Namespace<Purpose> | null
  readonly host: string
  readonly port: number
  readonly outside: Readonly<Record<Purpose, string>>
}

const findPlace = async (index: number, namespaces: boolean): Promise<Place> => {
  if (!namespaces) {
    const outside = { readers: '127.0.0.1', database: '127.0.0.1', redis: '127.0.0.1' }
    return { namespace: null, host: '127.0.0.1', port: await freePort(), outside }
  }
  const namespace = createNamespace(index, purposes)
  return { namespace, host: namespace.inside.readers, port: 8080, outside: namespace.outside }
}

/** All clients of a run share one address. */
const PER_ADDRESS = 10_000

const nginxOptions = (upstreams: readonly string[]): NginxChange => ({
  upstreams,
  tls: null,
  workerConnections: 4_096,
  socketsPerAddress: PER_ADDRESS,
  requestsPerAddress: PER_ADDRESS,
})

/** A line made of proxies. It cannot fail in one direction only. */
const lineOf = (proxies: readonly { stall(): void; resume(): void }[]): Line => ({
  drop() {
    for (const proxy of proxies) proxy.stall()
  },
  mend() {
    for (const proxy of proxies) proxy.resume()
  },
})

/** Start every part. All of them end with this process at the latest. */
export const startTopology = async (o: TopologyOptions): Promise<Topology> => {
  const folder = await mkdtemp(join(tmpdir(), 'repartee-chaos-'))
  // nginx's workers run as another user.
  await chmod(folder, 0o755)
  // A copy, so that a build during the run does not change a restarted node. It finds its packages from here.
  const built = join(root, 'artifacts', `chaos-${process.pid}`)
  await cp(o.service, built, { recursive: true })
  const opened: (() => Promise<void> | void)[] = [() => rm(built, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close()
  }

  try {
    const postgres = await startPostgres({
      folder: join(folder, 'postgres'),
      durable: true,
      // Frequent checkpoints keep recovery after a crash short.
      settings: { max_connections: 300, checkpoint_timeout: '30s' },
    })
    opened.push(postgres.stop)
    const redisAddress = { host: '127.0.0.1', port: await freePort() }
    const redis = await startRedis({ folder: join(folder, 'redis'), port: redisAddress.port })
    opened.push(redis.stop)
    if (o.namespaces) removeStaleNamespaces()

    const startMember = async (index: number) => {
      const place = await findPlace(index, o.namespaces)
      opened.push(() => place.namespace?.remove())
      const toDatabase = await Promise.all(
        Array.from({ length: o.gateways }, () => startFaultProxy(postgres, place.outside.database)),
      )
      const toRedis = await startPlainProxy(redisAddress, place.outside.redis)
      opened.push(() => {
        for (const proxy of [...toDatabase, toRedis]) proxy.close()
      })
      const hosts = toDatabase.map((proxy) => `${place.outside.database}:${proxy.port}`).join()
      const node = createChaosNode({
        name: `node-${index}`,
        service: built,
        folder,
        host: place.host,
        port: place.port,
        namespace: place.namespace?.name,
        onCrash: o.onCrash,
        env: {
          DATABASE_URL: `postgres://postgres@${hosts}/postgres`,
          REDIS_URL: `redis://${place.outside.redis}:${toRedis.port}`,
          REPARTEE_SECRET: SECRET,
          ENCRYPTION_KEYS: TEST_KEYS,
        },
      })
      opened.push(node.kill)
      await node.start()
      const lines = place.namespace?.lines ?? { database: lineOf(toDatabase), redis: lineOf([toRedis]) }
      return { member: { node, lines }, toDatabase }
    }
    const started: Awaited<ReturnType<typeof startMember>>[] = []
    for (let index = 0; index < o.nodes; index += 1) started.push(await startMember(index))
    const members = started.map(({ member }) => member)
    const gateways = Array.from({ length: o.gateways }, (_, at) =>
      started.flatMap(({ toDatabase }) => toDatabase.slice(at, at + 1)),
    )
    const addresses = members.map(({ node }) => node.address)
    const nginx = o.nginx ? await startNginx(nginxOptions(addresses), { folder: join(folder, 'nginx') }) : null
    if (nginx !== null) opened.push(nginx.stop)

    return {
      urls: nginx === null ? members.map(({ node }) => node.url) : [`http://127.0.0.1:${nginx.port}`],
      members,
      gateways,
      postgres,
      redis,
      nginx,
      folder,
      createSite: (key) => registerSite(members[0]?.node ?? { dataDir: '' }, { name: key, key, origins: ['self'] }),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
