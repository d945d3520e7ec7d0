import { defineConfig } from 'vitest/config'

// `import` and `default` are always among them; named here, they would also reach `require` in packages.
const conditions = ['source', 'module']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source', 'node'] } },
  test: {
    include: [
      'sdk/{src,test}/**/*.test.ts',
      'service/{src,test}/**/*.test.ts',
      'widget/src/**/*.test.ts',
      'infra/test/**/*.test.ts',
    ],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
