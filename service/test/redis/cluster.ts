import { vi } from 'vitest'
import { freePort } from '../free-port.ts'
import { type RedisServer, startRedis } from './server.ts'

const SLOTS = 16_384

/** Start a cluster of three masters, each with a third of the slots. */
export const startCluster = async () => {
  const servers: { readonly port: number; readonly server: RedisServer }[] = []
  for (let i = 0; i < 3; i += 1) {
    const [port, busPort] = [await freePort(), await freePort()]
    const args = ['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`, '--cluster-node-timeout', '1000']
    // Slots without a node cost only those slots.
    servers.push({
      port,
      server: await startRedis({ port, args: [...args, '--cluster-require-full-coverage', 'no'] }),
    })
    const first = servers[0]
    const last = servers[i]
    const [from, to] = [Math.floor((i * SLOTS) / 3), Math.floor(((i + 1) * SLOTS) / 3) - 1]
    await last?.server.ask(`CLUSTER ADDSLOTSRANGE ${from} ${to}`)
    await first?.server.ask(`CLUSTER MEET 127.0.0.1 ${port} ${busPort}`)
  }
  const whole = async (): Promise<void> => {
    await vi.waitFor(
      async () => {
        for (const { server } of servers) {
          const info = await server.ask('CLUSTER INFO')
          if (!/cluster_state:ok/.test(info) || !/cluster_slots_ok:16384/.test(info)) throw new Error('not yet')
        }
      },
      { timeout: 10_000, interval: 100 },
    )
  }
  await whole()
  return {
    servers: servers.map(({ server }) => server),
    url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    whole,
    async stop() {
      for (const { server } of servers) await server.stop()
    },
  }
}
