import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type BuiltNode, describeNode } from '../servers/built-node.ts'
import { freePort } from '../servers/free-port.ts'
import { makeServerFolder } from '../servers/server-folder.ts'
import { type NginxServer, startNginx } from '../servers/start-nginx.ts'
import { type Postgres, startPostgres } from '../servers/start-postgres.ts'
import { type RedisServer, startRedis } from '../servers/start-redis.ts'
import { startSmtp } from '../servers/start-smtp.ts'
import { watchCluster } from './watch-cluster.ts'

/** What runs, and where. */
export type LocalCluster = {
  /** Through nginx. */
  readonly url: string
  readonly nodes: readonly BuiltNode[]
  readonly database: Postgres
  readonly redis: RedisServer
  /** Holds every mail that the nodes sent, as files. */
  readonly mailFolder: string
  readonly nginx: NginxServer
  /** `null` if Prometheus was not requested or is not installed. */
  readonly prometheusUrl: string | null
  /** Each part has its own folder in here, with its log. Removed by `stop`. */
  readonly folder: string
  /** Stop gracefully, the nodes first; resolves with the exit codes of the nodes. */
  stop(): Promise<(number | null)[]>
}

export type ClusterOptions = {
  readonly nodes: number
  /** Port of nginx; a free one by default. */
  readonly port?: number
  /** HTTP instead of HTTPS. */
  readonly plain?: boolean
  readonly prometheus?: boolean
  /** Further environment variables, of all nodes or by index. */
  readonly env?: Readonly<Record<string, string>>
  readonly nodeEnv?: (index: number) => Readonly<Record<string, string>>
}

/** On one machine all clients share one address. */
const PER_ADDRESS = 20_000

/** Start PostgreSQL, Redis, the nodes, nginx and, on request, Prometheus; all end with this process at the latest. */
export const startLocalCluster = async (o: ClusterOptions): Promise<LocalCluster> => {
  const folder = makeServerFolder('cluster')
  const at = (name: string): string => join(folder.path, name)
  const stops: (() => Promise<unknown>)[] = []
  const nodes: BuiltNode[] = []
  const stop = async (): Promise<(number | null)[]> => {
    // While nodes stop, their readers move to other nodes through nginx, so nginx stops after them.
    const codes = await Promise.all(nodes.map((node) => node.process.stop()))
    for (const end of stops.splice(0).reverse()) await end()
    folder.remove()
    return codes
  }
  const keep = async <T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting
    stops.push(() => started.stop())
    return started
  }

  try {
    const plain = o.plain ?? false
    const port = o.port ?? (await freePort())
    const redis = await keep(startRedis({ folder: at('redis') }))
    const database = await keep(startPostgres({ folder: at('postgres'), durable: true, password: true }))
    const mail = await keep(startSmtp({ folder: at('mail') }))
    const secret = randomBytes(32).toString('hex')
    const encryptionKeys = `k1:${randomBytes(32).toString('base64url')}`
    for (let index = 0; index < o.nodes; index += 1) {
      const name = `node-${index + 1}`
      const env = {
        TRUSTED_PROXIES: '127.0.0.1',
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        REPARTEE_SECRET: secret,
        ENCRYPTION_KEYS: encryptionKeys,
        SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
        MAIL_FROM: 'Comments <comments@localhost.example>',
        PUBLIC_URL: `${plain ? 'http' : 'https'}://localhost:${port}`,
        ...o.env,
        ...o.nodeEnv?.(index),
      }
      const ports = { port: await freePort(), metricsPort: await freePort() }
      nodes.push(describeNode({ name, folder: at(name), ...ports, env }))
    }
    await Promise.all(nodes.map((node) => node.process.start()))
    const nginx = await keep(
      startNginx(
        {
          upstreams: nodes.map((node) => new URL(node.url).host),
          port,
          ...(plain && { tls: null }),
          workers: 2,
          workerConnections: 40_000,
          socketsPerAddress: PER_ADDRESS,
          requestsPerAddress: PER_ADDRESS,
        },
        { folder: at('nginx') },
      ),
    )
    const prometheusUrl = o.prometheus === true ? await watchCluster({ nodes, redis, nginx, at, keep }) : null
    return {
      url: nginx.url,
      nodes,
      database,
      redis,
      nginx,
      prometheusUrl,
      mailFolder: at('mail'),
      folder: folder.path,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
