import { isIPv6 } from 'node:net'
import { basename, relative } from 'node:path'
import { startNode } from '../startup/start-node.ts'
import type { CliCommand } from './cli-command.ts'

const anyAddress: readonly string[] = ['0.0.0.0', '::']

/** How to run this program from the current folder. */
const calledAs = (): string => {
  const script = process.argv[1] ?? 'repartee'
  return basename(script) === 'repartee' ? 'repartee' : `node ${relative(process.cwd(), script)}`
}

export const serveCommand: CliCommand = {
  usage: '',
  summary: 'run the service until SIGTERM or Ctrl-C, which stop it gracefully',
  details: ['Environment variables configure it; see the README.'],
  flags: {},
  serves: true,
  argCount: { min: 0, max: 0 },
  run: async ({ config, print }) => {
    const node = await startNode(config)
    const stop = (signal: string): void => {
      process.off('SIGTERM', stop)
      process.off('SIGINT', stop)
      node.log.info('stopping', { signal })
      node.close().then(
        () => process.exit(0),
        (error: unknown) => {
          node.log.error('stop failed', { error: String(error) })
          process.exit(1)
        },
      )
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
    print(`Repartee is ready at ${node.url}`)
    if (node.demo) print(`  demo        ${node.url}/demo/`)
    if (node.setupUrl !== null) print(`  set up      ${node.setupUrl}`)
    else print(`  dashboard   ${node.dashboardUrl}/dashboard/`)
    const metricsHost = anyAddress.includes(config.METRICS_HOST) ? '127.0.0.1' : config.METRICS_HOST
    print(`  metrics     http://${isIPv6(metricsHost) ? `[${metricsHost}]` : metricsHost}:${node.metricsPort}/metrics`)
    if (config.DATABASE_URL === '')
      print(`  data        ${config.DATA_DIR} (embedded database, for evaluation or one small site)`)
    print(`  your site   ${calledAs()} site create --name "My blog" --origin https://blog.example`)
    return null
  },
}
