import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../servers/free-port.ts'
import type { Child } from './child.ts'
import { startKeeper } from './keeper.ts'
import { type ClusterNode, prepareNode } from './node.ts'
import { preparePostgres } from './postgres.ts'
import type { Programs } from './programs.ts'
import { preparePrometheus } from './prometheus.ts'
import { prepareProxy } from './proxy.ts'
import { prepareRedis } from './redis.ts'

/** What runs, and where. */
export type LocalCluster = {
  /** Through the proxy. */
  readonly url: string
  readonly nodes: readonly ClusterNode[]
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly prometheusUrl: string | null
  /** Everything lives and is logged here; it is removed at the end. */
  readonly folder: string
  readonly database: Child
  readonly redis: Child
  readonly proxy: Child
  /** Stop gracefully, the nodes first; resolves to the nodes' exit codes. */
  stop(): Promise<(number | null)[]>
}

export type ClusterOptions = {
  readonly programs: Programs
  readonly nodes: number
  /** Port of the proxy; 0 picks a free one. */
  readonly port?: number
  /** No TLS. */
  readonly plain?: boolean
  readonly prometheus?: boolean
  /** More variables for all nodes, or by their place. */
  readonly env?: Readonly<Record<string, string>>
  readonly nodeEnv?: (index: number) => Readonly<Record<string, string>>
}

/** Start PostgreSQL, Redis, the nodes, the proxy and Prometheus in a folder and on ports of their own. */
export const startLocalCluster = async (o: ClusterOptions): Promise<LocalCluster> => {
  const folder = mkdtempSync(join(tmpdir(), 'repartee-cluster-'))
  // The accounts of PostgreSQL and nginx must get through; each has a folder of its own inside.
  chmodSync(folder, 0o755)
  const keeper = startKeeper(folder)
  const started: Child[] = []
  const stop = async (): Promise<(number | null)[]> => {
    const children = started.splice(0)
    const isNode = (child: Child): boolean => nodes.some((node) => node.child === child)
    // Nodes move their readers to each other as long as they can, so the proxy goes after them.
    const codes = await Promise.all(children.filter(isNode).map((child) => child.stop()))
    for (const child of children.filter((other) => !isNode(other)).reverse()) await child.stop()
    await keeper.close()
    return codes
  }
  const start = async (...children: Child[]): Promise<void> => {
    started.push(...children)
    await Promise.all(children.map((child) => child.start()))
  }
  let nodes: readonly ClusterNode[] = []
  try {
    const at = (name: string): string => join(folder, name)
    const { programs } = o
    const postgres = { programs: programs.postgres, folder: at('postgres'), port: await freePort(), keeper }
    const database = await preparePostgres(postgres)
    const redis = prepareRedis({ program: programs.redis, folder: at('redis'), keeper })
    await start(database.child, redis.child)

    const proxyPort = o.port === undefined || o.port === 0 ? await freePort() : o.port
    const plain = o.plain ?? false
    const secret = randomBytes(32).toString('hex')
    const prepare = async (index: number): Promise<ClusterNode> => {
      const name = `node-${index + 1}`
      const env = {
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        REPARTEE_SECRET: secret,
        PUBLIC_URL: `${plain ? 'http' : 'https'}://localhost:${proxyPort}`,
        ...o.env,
        ...o.nodeEnv?.(index),
      }
      return prepareNode({ name, folder: at(name), port: await freePort(), metricsPort: await freePort(), env, keeper })
    }
    nodes = await Promise.all(Array.from({ length: o.nodes }, (_, index) => prepare(index)))
    await start(...nodes.map((node) => node.child))

    const upstreams = nodes.map((node) => new URL(node.url).host)
    const proxy = await prepareProxy({ programs, folder: at('nginx'), port: proxyPort, plain, upstreams, keeper })
    await start(proxy.child)
    const targets = nodes.map((node) => new URL(node.metricsUrl).host)
    const prometheus =
      o.prometheus === true && programs.prometheus !== null
        ? preparePrometheus({
            program: programs.prometheus,
            folder: at('prometheus'),
            port: await freePort(),
            targets,
            keeper,
          })
        : null
    if (prometheus !== null) await start(prometheus.child)
    return {
      url: proxy.url,
      nodes,
      databaseUrl: database.url,
      redisUrl: redis.url,
      prometheusUrl: prometheus?.url ?? null,
      folder,
      database: database.child,
      redis: redis.child,
      proxy: proxy.child,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
