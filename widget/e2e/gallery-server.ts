import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

/** Serve the gallery and the widget's sources on a free port. `origin` ends with a slash. */
export const startGallery = async (): Promise<{ origin: string; close: () => Promise<void> }> => {
  const server = await createServer({
    configFile: fileURLToPath(new URL('../gallery/vite.config.ts', import.meta.url)),
    server: { port: 0, hmr: false, watch: null },
    logLevel: 'error',
  })
  await server.listen()
  const origin = server.resolvedUrls?.local[0]
  if (origin === undefined) throw new Error('the gallery has no address')
  return { origin, close: () => server.close() }
}
