import { freePort } from './free-port.ts'
import { type RedisServer, startRedis } from './start-redis.ts'
import { until } from './until.ts'

const SLOTS = 16_384
const PATIENCE_MS = 15_000

/** Start a cluster of three masters, each with a third of the slots. */
export const startRedisCluster = async () => {
  const servers: { readonly port: number; readonly server: RedisServer }[] = []
  for (let i = 0; i < 3; i += 1) {
    const [port, busPort] = [await freePort(), await freePort()]
    const args = ['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`, '--cluster-node-timeout', '1000']
    // If a node is down, only its slots are unavailable.
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
  const whole = (): Promise<void> =>
    until('every slot of the cluster is served', PATIENCE_MS, async () => {
      const infos = await Promise.all(servers.map(({ server }) => server.ask('CLUSTER INFO')))
      return infos.every((info) => /cluster_state:ok/.test(info) && /cluster_slots_ok:16384/.test(info))
    })
  await whole()

  /** The server that owns the slot of a key, if all servers agree. */
  const ownerOf = async (key: string): Promise<RedisServer> => {
    const answers = await Promise.all(servers.map(({ server }) => server.ask(`EXISTS ${key}`)))
    const at = answers.findIndex((answer) => answer.startsWith(':'))
    const owner = servers[at]
    const elsewhere = answers.filter((answer) => answer.startsWith('-MOVED') && answer.includes(`:${owner?.port}\r`))
    if (owner === undefined || elsewhere.length !== servers.length - 1) throw new Error('not agreed')
    return owner.server
  }

  return {
    servers: servers.map(({ server }) => server),
    ownerOf,
    /** Move the slot of a key, which must be empty, to another server; resolves when all servers know. */
    async move(key: string, to: RedisServer) {
      const idOf = async (server: RedisServer): Promise<string> =>
        (await server.ask('CLUSTER MYID')).split('\r\n')[1] ?? ''
      const from = await ownerOf(key)
      const slot = Number((await from.ask(`CLUSTER KEYSLOT ${key}`)).slice(1))
      const [fromId, toId] = [await idOf(from), await idOf(to)]
      const steps = [
        [to, `CLUSTER SETSLOT ${slot} IMPORTING ${fromId}`],
        [from, `CLUSTER SETSLOT ${slot} MIGRATING ${toId}`],
        [to, `CLUSTER SETSLOT ${slot} NODE ${toId}`],
        [from, `CLUSTER SETSLOT ${slot} NODE ${toId}`],
      ] as const
      for (const [server, step] of steps) {
        const answer = await server.ask(step)
        if (answer !== '+OK\r\n') throw new Error(`${step}: ${answer}`)
      }
      await until('every server knows the new owner', PATIENCE_MS, async () => (await ownerOf(key)) === to)
    },
    url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    whole,
    async stop() {
      for (const { server } of servers) await server.stop()
    },
  }
}
