import { defineConfig } from 'vitest/config'

// What is named here also reaches `require` in packages, which must not get what is meant for `import` or for bundlers.
const conditions = ['source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source', 'node'] } },
  test: {
    include: [
      'sdk/{src,test}/**/*.test.ts',
      'service/{src,test}/**/*.test.ts',
      'widget/src/**/*.test.ts',
      'infra/tools/**/*.test.ts',
    ],
    // Seconds on a machine of its own; minutes where others work beside it.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The default of a second is nothing on a busy machine.
    expect: { poll: { timeout: 15_000 } },
  },
})
