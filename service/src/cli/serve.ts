import { startNode } from '../node.ts'
import type { CliCommand } from './command.ts'

export const serveCommand: CliCommand = {
  usage: '',
  summary: 'serve comments until stopped (SIGTERM or Ctrl-C stops gracefully)',
  details: ['Configured by environment variables; see the README.'],
  flags: {},
  serves: true,
  positionals: { min: 0, max: 0 },
  run: async ({ config, print }) => {
    const node = await startNode(config)
    print(`Repartee is ready at ${node.url}`)
    if (config.DEMO) print(`  demo        ${node.url}/demo/`)
    print(`  metrics     http://127.0.0.1:${node.metricsPort}/metrics`)
    if (config.DATABASE_URL === '')
      print(`  data        ${config.DATA_DIR} (embedded database: fine for trying out and for one small site)`)
    print('  your site   repartee site create --name "My blog" --origin https://blog.example')
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
    return null
  },
}
