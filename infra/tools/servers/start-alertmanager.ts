import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram } from './find-program.ts'
import { freePort } from './free-port.ts'
import { type ServerProcess, supervise } from './server-process.ts'

const source = fileURLToPath(new URL('../../deploy/prometheus/alertmanager.yml', import.meta.url))

export type Alertmanager = { readonly address: string; readonly process: ServerProcess; stop(): Promise<void> }

/**
 * Start Alertmanager with the routes of this repository, grouping for a second only; every receiver is the webhook at
 * `url`. It ends with this process at the latest.
 */
export const startAlertmanager = async (o: { folder: string; url: string }): Promise<Alertmanager> => {
  const program = findProgram('prometheus-alertmanager')
  if (program === null) throw new Error('prometheus-alertmanager is not installed')
  mkdirSync(o.folder, { recursive: true })
  const text = readFileSync(source, 'utf8')
    .replaceAll(/^( *group_(?:wait|interval)): .+$/gm, '$1: 1s')
    .replaceAll(/^( *)- name: (.+)$/gm, `$&\n$1  webhook_configs: [{ url: "${o.url}" }]`)
  const file = join(o.folder, 'alertmanager.yml')
  writeFileSync(file, text)
  const address = `127.0.0.1:${await freePort()}`
  const process = supervise({
    name: 'Alertmanager',
    command: program,
    args: [
      `--config.file=${file}`,
      `--storage.path=${join(o.folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    logFile: join(o.folder, 'log'),
    ready: async () => (await fetch(`http://${address}/-/ready`)).ok,
  })
  await process.start()
  return { address, process, stop: async () => void (await process.stop()) }
}
