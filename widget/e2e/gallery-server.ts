import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, createServer, preview } from 'vite'

const configFile = fileURLToPath(new URL('../gallery/vite.config.ts', import.meta.url))

/** `origin` ends with a slash. */
export type Gallery = { readonly origin: string; close(): Promise<void> }

const originOf = ({ resolvedUrls }: { resolvedUrls: { local: string[] } | null }): string => {
  const origin = resolvedUrls?.local[0]
  if (origin === undefined) throw new Error('the gallery has no address')
  return origin
}

/** Serve the gallery and the widget's sources, one by one, on a free port. */
export const serveSources = async (): Promise<Gallery> => {
  const server = await createServer({
    configFile,
    server: { port: 0, hmr: false, watch: null },
    logLevel: 'error',
  })
  await server.listen()
  return { origin: originOf(server), close: () => server.close() }
}

/** Build the gallery and serve it on a free port: for many pages, each of which would fetch a hundred sources. */
export const startGallery = async (): Promise<Gallery> => {
  const outDir = await mkdtemp(join(tmpdir(), 'repartee-gallery-'))
  await build({ configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } })
  const server = await preview({
    configFile,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  })
  return {
    origin: originOf(server),
    close: async () => {
      await server.close()
      await rm(outDir, { recursive: true })
    },
  }
}
