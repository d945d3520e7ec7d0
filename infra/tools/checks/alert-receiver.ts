import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A notification from Alertmanager. */
export type Notice = {
  readonly receiver: string
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved'
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }[]
}

/** Start a webhook receiver for Alertmanager that keeps every notification. */
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
    /** Alerts of one name that a receiver got, in order of arrival. */
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
