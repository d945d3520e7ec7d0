import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { type ServerProcess, supervise } from './server-process.ts'

const source = fileURLToPath(new URL('../../deploy/prometheus', import.meta.url))

export type PrometheusOptions = {
  readonly folder: string
  /** Addresses to scrape, by the name of the file in `targets/` that lists them. */
  readonly targets: Readonly<Record<string, readonly string[]>>
  /** Change the configuration and each file of rules, for instance to wait less in a test. */
  readonly edit?: (text: string) => string
}

export type Prometheus = { readonly url: string; readonly process: ServerProcess; stop(): Promise<void> }

/** Start Prometheus with the configuration and rules of this repository; it ends with this process at the latest. */
export const startPrometheus = async (o: PrometheusOptions): Promise<Prometheus> => {
  const program = findProgram('prometheus')
  if (program === null) throw new Error('prometheus is not installed')
  for (const part of ['targets', 'rules']) mkdirSync(join(o.folder, part), { recursive: true })
  const edit = o.edit ?? ((text) => text)
  const rules = readdirSync(join(source, 'rules')).map((name) => join('rules', name))
  for (const part of ['prometheus.yml', ...rules])
    writeFileSync(join(o.folder, part), edit(readFileSync(join(source, part), 'utf8')))
  for (const file of readdirSync(join(source, 'targets'))) {
    const targets = o.targets[file.replace('.yml', '')] ?? []
    // JSON is YAML.
    writeFileSync(join(o.folder, 'targets', file), JSON.stringify(targets.length === 0 ? [] : [{ targets }]))
  }
  const url = `http://127.0.0.1:${await freePort()}`
  const process = supervise({
    name: 'Prometheus',
    command: program,
    args: [
      `--config.file=${join(o.folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(o.folder, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
    ],
    logFile: join(o.folder, 'log'),
    ready: async () => (await fetch(`${url}/-/ready`)).ok,
  })
  await process.start()
  return { url, process, stop: async () => void (await process.stop()) }
}
