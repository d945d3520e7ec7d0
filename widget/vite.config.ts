import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defaultClientConditions, defineConfig } from 'vite'

// An application build with one entry: Vite's library mode would keep Svelte's development branch.
export default defineConfig({
  plugins: [svelte()],
  // Chunks find each other relative to their own URL, whatever host page imports them.
  base: './',
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    target: 'es2022',
    outDir: 'dist',
    manifest: 'manifest.json',
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { app: 'src/app.ts' },
      output: {
        entryFileNames: 'w/[hash].js',
        chunkFileNames: 'w/[hash].js',
        assetFileNames: 'w/[hash][extname]',
        hashCharacters: 'hex',
      },
    },
  },
})
