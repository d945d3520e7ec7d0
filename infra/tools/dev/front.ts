import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build, createServer, defaultClientConditions, type Plugin, type ViteDevServer } from 'vite'
import { remount } from './remount.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))

/** The module that defines the elements, which the loader fetches. */
const APP = 'src/define.ts'

/** Every path except those of the widget's sources and of the development server itself. */
const isForService = /^\/(?!src\/|@|node_modules\/|gallery(\/|$)|embed\.js)/
const isForDashboard = /^\/dashboard(\/|$|\?)/

/** The loader as a build makes it, from its source as it is now, except that it fetches the sources of the application. */
const buildLoader = async (widget: string): Promise<string> => {
  const built = await build({
    configFile: false,
    root: widget,
    logLevel: 'error',
    define: { APP: JSON.stringify(APP) },
    build: { write: false, minify: false, lib: { entry: 'src/loader.ts', formats: ['iife'], name: 'repartee' } },
  })
  const [output] = [built].flat()
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined
  if (chunk === undefined) throw new Error('the loader was not built')
  return chunk.code
}

const loader = (widget: string): Plugin => ({
  name: 'repartee-loader',
  configureServer: (server) =>
    void server.middlewares.use('/embed.js', (_request, response, next) => {
      buildLoader(widget).then((code) => {
        response.setHeader('content-type', 'text/javascript; charset=utf-8')
        response.setHeader('cache-control', 'no-cache')
        response.end(code)
      }, next)
    }),
})

/** Requests wait while the service restarts. */
const patience = (ready: () => Promise<void>): Plugin => ({
  name: 'repartee-patience',
  configureServer: (server) =>
    void server.middlewares.use((request, _response, next) => {
      if (isForService.test(request.url ?? '')) ready().then(next, next)
      else next()
    }),
})

/**
 * Serve the widget from source, with its gallery, the dashboard from the server at `dashboard`, and everything else from the
 * service at `service` once it is ready.
 */
export const startFront = async (o: {
  readonly widget: string
  readonly service: string
  readonly dashboard: string | undefined
  readonly port: number
  ready(): Promise<void>
}): Promise<ViteDevServer> => {
  const server = await createServer({
    configFile: false,
    root: o.widget,
    appType: 'mpa',
    plugins: [svelte({ configFile: join(o.widget, 'svelte.config.js') }), patience(o.ready), loader(o.widget), remount],
    resolve: { conditions: ['source', ...defaultClientConditions] },
    // Found while a page loads, a dependency would make it load again.
    optimizeDeps: { entries: ['src/define.ts', 'gallery/index.html'] },
    server: {
      host: 'localhost',
      port: o.port,
      strictPort: true,
      // Among what the service is not asked for.
      hmr: { path: '@hmr' },
      fs: { allow: [o.widget, repository] },
      // The first that fits is asked.
      proxy: {
        ...(o.dashboard !== undefined && { [isForDashboard.source]: { target: o.dashboard, ws: true } }),
        [isForService.source]: { target: o.service, ws: true },
      },
    },
  })
  await server.listen()
  return server
}
