import { join } from 'node:path'
import { describeNode } from '../../servers/built-node.ts'
import { until } from '../../servers/until.ts'

/** One node of the built service, started and restarted as a process manager would. */
export type ChaosNode = {
  readonly dataDir: string
  /** HOST:PORT at which nginx and the driver reach it. */
  readonly address: string
  readonly url: string
  kill(): Promise<void>
  /** Send SIGTERM and wait until it has drained. */
  terminate(): Promise<void>
  /** Start or restart it; resolves when it answers. */
  start(): Promise<void>
  freeze(): void
  thaw(): void
}

const START_WITHIN_MS = 60_000

type Options = {
  readonly name: string
  /** Folder of the build it runs. */
  readonly service: string
  readonly folder: string
  readonly host: string
  readonly port: number
  readonly namespace: string | undefined
  readonly env: Readonly<Record<string, string>>
  /** Called when it exits unexpectedly once it has answered, or does not exit cleanly on SIGTERM. */
  readonly onCrash: (how: string) => void
}

/** Describe one node; `start` runs it. */
export const createChaosNode = (o: Options): ChaosNode => {
  const { name } = o
  const node = describeNode({
    name,
    folder: join(o.folder, name),
    host: o.host,
    port: o.port,
    metricsPort: 0,
    namespace: o.namespace,
    service: o.service,
    env: { ...o.env, DEMO: 'off', LOG_LEVEL: 'warn' },
    // Without its database it is not ready, but it is alive.
    readyAt: '/healthz',
    onLost: (how) => o.onCrash(`${name}: ${how}`),
  })
  return {
    dataDir: node.dataDir,
    address: `${o.host}:${o.port}`,
    url: node.url,
    // It may exit during start-up, for example without its database. A process manager would try again.
    start: () =>
      until(`${name} starts`, START_WITHIN_MS, async () => {
        await node.process.start()
        return true
      }),
    async kill() {
      await node.process.stop('SIGKILL')
    },
    async terminate() {
      const code = await node.process.stop('SIGTERM')
      if (code !== 0) o.onCrash(`${name}: SIGTERM ended with ${code ?? 'a signal'}`)
    },
    freeze: () => node.process.signal('SIGSTOP'),
    thaw: () => node.process.signal('SIGCONT'),
  }
}
