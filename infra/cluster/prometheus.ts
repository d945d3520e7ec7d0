import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, createChild } from './child.ts'
import type { Keeper } from './keeper.ts'

const source = fileURLToPath(new URL('../prometheus', import.meta.url))

/** Prometheus with the rules of this repository, watching the nodes; alerts are shown by itself only. */
export const preparePrometheus = (o: {
  program: string
  folder: string
  port: number
  targets: readonly string[]
  keeper: Keeper
}): { child: Child; url: string } => {
  mkdirSync(join(o.folder, 'targets'), { recursive: true })
  for (const part of ['prometheus.yml', 'rules']) cpSync(join(source, part), join(o.folder, part), { recursive: true })
  // JSON is YAML.
  writeFileSync(join(o.folder, 'targets', 'nodes.yml'), JSON.stringify([{ targets: o.targets }]))
  writeFileSync(join(o.folder, 'targets', 'alertmanagers.yml'), '[]')
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
