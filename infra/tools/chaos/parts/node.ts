import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Program, startProgram } from './program.ts'
import { until } from './until.ts'

/** One node of the service, the built one, kept running as a supervisor would. */
export type NodePart = {
  readonly dataDir: string
  /** Where it is reached from nginx and the driver. */
  readonly address: string
  readonly url: string
  kill(): Promise<void>
  /** SIGTERM, and wait until it has drained. */
  terminate(): Promise<void>
  /** Start it again; resolves when it answers. */
  start(): Promise<void>
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

const START_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 60_000
const START_TRIES = 10

type Options = {
  readonly name: string
  readonly entry: string
  readonly folder: string
  readonly host: string
  readonly port: number
  readonly namespace: string | undefined
  readonly env: Readonly<Record<string, string>>
  /** Told when it ended by itself after it had answered. */
  readonly onCrash: (how: string) => void
}

/** Describe one node; `start` runs it. */
export const createNodePart = (o: Options): NodePart => {
  const dataDir = join(o.folder, o.name)
  mkdirSync(dataDir)
  const address = `${o.host}:${o.port}`
  const url = `http://${address}`
  let running: Program | null = null

  const run = (onLost: (how: string) => void): Program =>
    startProgram({
      command: process.execPath,
      args: [o.entry, 'serve'],
      namespace: o.namespace,
      log: join(o.folder, `${o.name}.log`),
      onLost,
      env: {
        ...o.env,
        HOST: o.host,
        PORT: String(o.port),
        METRICS_PORT: '0',
        DATA_DIR: dataDir,
        DEMO: 'off',
        LOG_LEVEL: 'warn',
      },
    })

  const start = async (): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      let ready = false
      const program = run((how) => {
        if (ready) o.onCrash(`${o.name}: ${how}`)
      })
      running = program
      await until(`${o.name} answers`, START_WITHIN_MS, async () => {
        if (program.exit !== null) return true
        const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) })
        await answer.arrayBuffer()
        return answer.ok
      })
      ready = true
      if (program.exit === null) return
      if (tries >= START_TRIES) throw new Error(`${o.name} did not start: ${program.exit}`)
      await pause(500)
    }
  }

  const end = async (name: NodeJS.Signals): Promise<void> => {
    const program = running
    running = null
    if (program === null) return
    const ended = program.end(name)
    const late = setTimeout(() => program.signal('SIGKILL'), STOP_WITHIN_MS)
    await ended
    clearTimeout(late)
    if (name === 'SIGTERM' && program.exit !== 'exit code 0') o.onCrash(`${o.name}: SIGTERM ended with ${program.exit}`)
  }

  return {
    dataDir,
    address,
    url,
    start,
    kill: () => end('SIGKILL'),
    terminate: () => end('SIGTERM'),
    freeze: () => running?.signal('SIGSTOP'),
    thaw: () => running?.signal('SIGCONT'),
    stop: () => end('SIGKILL'),
  }
}
