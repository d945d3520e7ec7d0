import { svelte } from '@sveltejs/vite-plugin-svelte'
import { minify } from 'terser'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'

/** Vite wraps every `import()` to preload stylesheets and report failures on the host's window; there is neither here. */
const plainImports: Plugin = {
  name: 'plain-imports',
  enforce: 'pre',
  load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load()' : null),
}

/** Terser makes the code simpler than the bundler's own minifier does, which then writes it shorter. */
const simpler: Plugin = {
  name: 'simpler',
  async renderChunk(code) {
    // With a relative base there is a third argument, and a comma expression would yield that instead of the import.
    const plain = code
      .replaceAll('__vitePreload(() => ', '(')
      .replaceAll(/, __VITE_PRELOAD__(, import\.meta\.url)?\)/g, ')')
    const made = await minify(plain, { module: true, ecma: 2020, mangle: false, compress: { passes: 2, inline: 1 } })
    return { code: made.code ?? code, map: null }
  },
}

// An application build with one entry: Vite's library mode would keep Svelte's development branch.
export default defineConfig({
  plugins: [svelte(), plainImports, simpler],
  // Chunks find each other relative to their own URL, whatever host page imports them.
  base: './',
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    target: 'es2022',
    // Older targets would turn light-dark() into a stand-in that does not follow an inherited color-scheme; the theme brings
    // its own fallback under @supports.
    cssTarget: ['chrome131', 'firefox133', 'safari18.2'],
    outDir: 'dist',
    manifest: 'manifest.json',
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      optimization: { inlineConst: true },
      input: { app: 'src/define.ts' },
      output: {
        entryFileNames: 'w/[hash].js',
        chunkFileNames: 'w/[hash].js',
        assetFileNames: 'w/[hash][extname]',
        hashCharacters: 'hex',
      },
    },
  },
})
