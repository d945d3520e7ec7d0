import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { type ServerProcess, supervise } from './server-process.ts'

/** Debian's packages of the exporters, which are also the names of their programs. */
export const REDIS_EXPORTER = 'prometheus-redis-exporter'
export const NGINX_EXPORTER = 'prometheus-nginx-exporter'

/** Reads the state of another server and offers it to Prometheus. */
export type Exporter = {
  /** HOST:PORT, for Prometheus. */
  readonly address: string
  readonly metricsUrl: string
  readonly process: ServerProcess
  stop(): Promise<void>
}

const startExporter = async (name: string, folder: string, args: readonly string[]): Promise<Exporter> => {
  const program = findProgram(name)
  if (program === null) throw new Error(`${name} is not installed`)
  mkdirSync(folder, { recursive: true })
  const address = `127.0.0.1:${await freePort()}`
  const metricsUrl = `http://${address}/metrics`
  const process = supervise({
    name,
    command: program,
    args: [...args, `--web.listen-address=${address}`],
    logFile: join(folder, 'log'),
    ready: async () => (await fetch(metricsUrl)).ok,
  })
  await process.start()
  return { address, metricsUrl, process, stop: async () => void (await process.stop()) }
}

/** Start the exporter of a Redis, by its URL; it ends with this process at the latest. */
export const startRedisExporter = (o: { folder: string; url: string }): Promise<Exporter> =>
  startExporter(REDIS_EXPORTER, o.folder, [`--redis.addr=${o.url}`])

/** Start the exporter of an nginx, by the URL of its counters; it ends with this process at the latest. */
export const startNginxExporter = (o: { folder: string; statusUrl: string }): Promise<Exporter> =>
  startExporter(NGINX_EXPORTER, o.folder, [`--nginx.scrape-uri=${o.statusUrl}`])
