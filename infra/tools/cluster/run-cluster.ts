import { once } from 'node:events'
import { createServer } from 'node:net'
import { parseArgs } from 'node:util'
import { missingPrograms } from './missing-programs.ts'
import { type LocalCluster, startLocalCluster } from './start-cluster.ts'

/*
 * A whole cluster on this machine: PostgreSQL, Redis, a mail server that keeps what it gets, nginx, nodes of the built
 * service and Prometheus, in a temporary folder and on free ports. `npm run cluster -- --help`
 */
const usage = `Usage: npm run cluster -- [options]

  --nodes N    how many nodes of the service to start (2)
  --port N     port of nginx (8443; with --plain 8088)
  --plain      HTTP instead of HTTPS
`

const wholeNumber = (name: string, text: string, max: number): number => {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1 || number > max) throw new Error(`--${name}: expected 1 to ${max}`)
  return number
}

/** Checked before anything is started. */
const refuseBusyPort = async (port: number): Promise<void> => {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${error.code})`
    throw new Error(`port ${port} ${why}; choose another: npm run cluster -- --port N`)
  })
  server.close()
  await once(server, 'close')
}

const describe = (cluster: LocalCluster): string =>
  [
    '',
    `  through nginx   ${cluster.url}/demo/${cluster.url.startsWith('https') ? '   (self-signed certificate: the browser will warn)' : ''}`,
    ...cluster.nodes.map((node) => `  ${node.name.padEnd(14)}  ${node.url}/demo/   metrics ${node.metricsUrl}`),
    `  Prometheus      ${cluster.prometheusUrl === null ? 'not installed: apt-get install prometheus' : cluster.prometheusUrl}`,
    `  PostgreSQL      ${cluster.database.url}`,
    `  Redis           ${cluster.redis.url}`,
    `  mail            ${cluster.mailFolder}/*.eml, none is sent to anyone`,
    `  logs            ${cluster.folder}/*/log`,
    '',
    'Ready. Open the page on two nodes and post; Ctrl-C stops everything.',
  ].join('\n')

const main = async (args: readonly string[]): Promise<number> => {
  const { values: flags } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '2' },
      port: { type: 'string' },
      plain: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (flags.help === true) {
    process.stdout.write(usage)
    return 0
  }
  const port = wholeNumber('port', flags.port ?? (flags.plain ? '8088' : '8443'), 65_535)
  const nodes = wholeNumber('nodes', flags.nodes, 16)
  const missing = missingPrograms()
  if (missing !== null) throw new Error(missing)
  await refuseBusyPort(port)

  let isStopping = false
  const stopping = new Promise<void>((resolve) => {
    const stop = (): void => {
      isStopping = true
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
  process.stdout.write(`Starting PostgreSQL, Redis, ${nodes} nodes and nginx …\n`)
  const options = { nodes, port, plain: flags.plain, prometheus: true }
  const cluster = await startLocalCluster(options)
  if (!isStopping) process.stdout.write(`${describe(cluster)}\n`)
  await stopping
  process.stdout.write('Stopping …\n')
  const codes = await cluster.stop()
  process.stdout.write(`Stopped; exit codes of the nodes: ${codes.join(', ')}\n`)
  return codes.every((code) => code === 0) ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  return 1
})
