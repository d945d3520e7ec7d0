import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, createChild } from '../cluster/child.ts'
import type { Keeper } from '../cluster/keeper.ts'

const source = fileURLToPath(new URL('../../deploy/prometheus/alertmanager.yml', import.meta.url))

/** What Alertmanager tells a receiver. */
export type Notice = {
  readonly receiver: string
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved'
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }[]
}

/** Somebody on call: keeps every notice that comes. */
export const startReceiver = async () => {
  const notices: Notice[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    notices.push(JSON.parse(text) as Notice)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    notices,
    /** The alerts of a name that came to a receiver, each as its instance, in the order they came. */
    heard: (receiver: string, status: 'firing' | 'resolved', name: string) =>
      notices
        .filter((notice) => notice.receiver === receiver)
        .flatMap(({ alerts }) => alerts.filter((alert) => alert.status === status && alert.labels.alertname === name)),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Alertmanager with the routes of this repository, in a hurry, all receivers of which are told at `url`. */
export const prepareAlertmanager = (o: {
  program: string
  folder: string
  port: number
  url: string
  keeper: Keeper
}): { child: Child; address: string } => {
  mkdirSync(o.folder, { recursive: true })
  const text = readFileSync(source, 'utf8')
    .replaceAll(/^( *group_(?:wait|interval)): .+$/gm, '$1: 1s')
    .replaceAll(/^( *)- name: (.+)$/gm, `$&\n$1  webhook_configs: [{ url: "${o.url}" }]`)
  const file = join(o.folder, 'alertmanager.yml')
  writeFileSync(file, text)
  const address = `127.0.0.1:${o.port}`
  const child = createChild({
    name: 'Alertmanager',
    command: o.program,
    args: [
      `--config.file=${file}`,
      `--storage.path=${join(o.folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    logFile: join(o.folder, 'log'),
    keeper: o.keeper,
    ready: async () => (await fetch(`http://${address}/-/ready`)).ok,
  })
  return { child, address }
}
