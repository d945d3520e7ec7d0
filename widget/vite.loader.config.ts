import { readFileSync } from 'node:fs'
import { defineConfig } from 'vite'

const manifest: Record<string, { file: string }> = JSON.parse(readFileSync('dist/manifest.json', 'utf8'))
const app = manifest['src/define.ts']
if (!app) throw new Error('dist/manifest.json has no src/define.ts: build the app first')

// A classic script of its own: it stands in pages for years, knows the app's newest hash and stays tiny.
export default defineConfig({
  define: { APP: JSON.stringify(app.file) },
  build: {
    target: 'es2020',
    outDir: 'dist',
    emptyOutDir: false,
    reportCompressedSize: false,
    lib: { entry: 'src/loader.ts', formats: ['iife'], name: 'repartee', fileName: () => 'embed.js' },
  },
})
