import adapter from '@sveltejs/adapter-static'

/** @type {import('@sveltejs/kit').Config} */
export default {
  compilerOptions: { runes: true },
  kit: {
    // The node answers every path without a file with this page, and the application reads the path.
    adapter: adapter({ pages: 'dist', assets: 'dist', fallback: 'index.html' }),
    paths: { base: '/dashboard' },
    typescript: {
      // Its sources, which our condition `source` names too, were written for laxer settings than ours.
      config: (config) => {
        config.compilerOptions.paths['@internationalized/date'] = [
          '../../node_modules/@internationalized/date/dist/types/src/index.d.ts',
        ]
      },
    },
  },
}
