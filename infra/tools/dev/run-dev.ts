import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Dev, startDev } from './start.ts'

const usage = `Usage: npm run dev -- [options]

  --port N     where everything is served (8080)
  --data DIR   folder of the embedded database (./data)
`

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    data: { type: 'string', default: 'data' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (values.help) {
  process.stdout.write(usage)
  process.exit()
}

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const widget = join(repository, 'widget')
// The service does not start without a built widget, though it is not asked for it here.
if (!existsSync(join(widget, 'dist/embed.js')))
  execFileSync('npm', ['run', 'build', '--workspace=widget'], { cwd: repository, stdio: 'inherit' })

let dev: Dev | undefined
const stop = (): void => {
  process.off('SIGINT', stop)
  process.off('SIGTERM', stop)
  void Promise.resolve(dev?.stop()).finally(() => process.exit())
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)

dev = await startDev({
  widget,
  dashboard: join(repository, 'dashboard'),
  port: Number(values.port),
  dataDir: values.data,
})
console.log(`
  demo      ${dev.url}/demo/
  dashboard ${dev.url}/dashboard/
  parts     ${dev.url}/dashboard/gallery
  gallery   ${dev.url}/gallery/?state=few&theme=dark&lang=vi
  API       ${dev.url}/api/v1/openapi.json

An edit of the widget or the dashboard is in the page at once, an edit of the service restarts it. Ctrl-C stops all.`)
