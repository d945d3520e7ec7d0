import { sveltekit } from '@sveltejs/kit/vite'
import { defaultClientConditions, defaultServerConditions, defineConfig } from 'vite'
import { guides } from './scripts/guides-plugin.ts'

export default defineConfig({
  plugins: [guides(), sveltekit()],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  // SvelteKit also builds what would run on a server, to make the page that answers every path.
  ssr: { resolve: { conditions: ['source', ...defaultServerConditions] } },
  build: {
    target: 'es2022',
    // Older targets would turn light-dark() into a stand-in that does not follow the chosen theme.
    cssTarget: ['chrome131', 'firefox133', 'safari18.2'],
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What most pages share is one file, and not fifty small ones.
            { name: 'shared', test: /\/(src\/lib|@lucide)\//, minShareCount: 6 },
          ],
        },
      },
    },
  },
  server: { fs: { allow: ['..'] } },
})
