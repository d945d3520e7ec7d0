import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, createChild } from './child.ts'
import type { Keeper } from './keeper.ts'

const source = fileURLToPath(new URL('../../deploy/prometheus', import.meta.url))

/** Prometheus with the rules of this repository, watching the nodes; alerts are shown by itself unless it is told whom to tell. */
export const preparePrometheus = (o: {
  program: string
  folder: string
  port: number
  targets: readonly string[]
  alertmanagers?: readonly string[]
  /** Change the configuration and each file of rules, as for a test that does not wait as long. */
  edit?: (text: string) => string
  keeper: Keeper
}): { child: Child; url: string } => {
  for (const part of ['targets', 'rules']) mkdirSync(join(o.folder, part), { recursive: true })
  const edit = o.edit ?? ((text) => text)
  const rules = readdirSync(join(source, 'rules')).map((name) => join('rules', name))
  for (const part of ['prometheus.yml', ...rules])
    writeFileSync(join(o.folder, part), edit(readFileSync(join(source, part), 'utf8')))
  // JSON is YAML.
  const writeTargets = (name: string, targets: readonly string[]): void =>
    writeFileSync(join(o.folder, 'targets', name), JSON.stringify(targets.length === 0 ? [] : [{ targets }]))
  writeTargets('nodes.yml', o.targets)
  writeTargets('alertmanagers.yml', o.alertmanagers ?? [])
  const url = `http://127.0.0.1:${o.port}`
  const child = createChild({
    name: 'Prometheus',
    command: o.program,
    args: [
      `--config.file=${join(o.folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(o.folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${o.port}`,
    ],
    logFile: join(o.folder, 'log'),
    keeper: o.keeper,
    ready: async () => (await fetch(`${url}/-/ready`)).ok,
  })
  return { child, url }
}
