import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defaultClientConditions, defineConfig } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))

// `npx vite --config gallery/vite.config.ts` in the widget's folder, then ?state=few&theme=dark&lang=vi&host=serif.
export default defineConfig({
  root,
  plugins: [svelte({ configFile: fileURLToPath(new URL('../svelte.config.js', import.meta.url)) })],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  // What is prepared is known beforehand: a dependency found while a page loads would make the server ask for a reload.
  optimizeDeps: { noDiscovery: true },
  server: { host: '127.0.0.1', fs: { allow: ['../..'] } },
})
