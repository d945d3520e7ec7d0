import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ServerProcess, supervise } from './server-process.ts'

/** Folder of the built service. */
export const BUILT_SERVICE = fileURLToPath(new URL('../../../service/dist', import.meta.url))

/** Whether `npm run build` has been run. */
export const isBuilt = (service = BUILT_SERVICE): boolean => existsSync(join(service, 'repartee.js'))

/** One node of the built service, in a process of its own. */
export type BuiltNode = {
  readonly name: string
  /** The node itself, without nginx. */
  readonly url: string
  readonly metricsUrl: string
  /** Data, log and control socket. */
  readonly dataDir: string
  readonly process: ServerProcess
}

export type BuiltNodeOptions = {
  readonly name: string
  /** Data folder, created if it does not exist. The file `log` in it has the node's output. */
  readonly folder: string
  readonly port: number
  /** 0 picks a free port, for callers that do not need to know it. */
  readonly metricsPort: number
  readonly host?: string
  readonly env?: Readonly<Record<string, string>>
  /** Folder of another build of the service. */
  readonly service?: string
  readonly namespace?: string | undefined
  /** When `start` resolves: once the node answers at all, or once it is ready for traffic (the default). */
  readonly readyAt?: '/healthz' | '/readyz'
  readonly onLost?: (how: string) => void
}

const ANSWER_MS = 1_000

/** Describe a node; nothing runs until its process is started. Throws if the service is not built. */
export const describeNode = (o: BuiltNodeOptions): BuiltNode => {
  if (!isBuilt(o.service)) throw new Error('the service is not built; run: npm run build')
  mkdirSync(o.folder, { recursive: true, mode: 0o700 })
  const host = o.host ?? '127.0.0.1'
  const url = `http://${host}:${o.port}`
  const server = supervise({
    name: o.name,
    command: process.execPath,
    args: [join(o.service ?? BUILT_SERVICE, 'repartee.js'), 'serve'],
    env: {
      HOST: host,
      PORT: String(o.port),
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: String(o.metricsPort),
      DATA_DIR: o.folder,
      ...o.env,
    },
    logFile: join(o.folder, 'log'),
    namespace: o.namespace,
    ready: async () => {
      const answer = await fetch(`${url}${o.readyAt ?? '/readyz'}`, { signal: AbortSignal.timeout(ANSWER_MS) })
      await answer.arrayBuffer()
      return answer.ok
    },
    ...(o.onLost !== undefined && { onLost: o.onLost }),
  })
  return {
    name: o.name,
    url,
    metricsUrl: `http://127.0.0.1:${o.metricsPort}/metrics`,
    dataDir: o.folder,
    process: server,
  }
}

/** Start a node; it ends with this process at the latest. */
export const startNode = async (o: BuiltNodeOptions): Promise<BuiltNode> => {
  const node = describeNode(o)
  await node.process.start()
  return node
}
