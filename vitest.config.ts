import { defineConfig } from 'vitest/config'
import { suiteTimes } from './infra/tools/verify/suite-times.ts'

// What is named here also reaches `require` in packages, which must not get what is meant for `import` or for bundlers.
const conditions = ['source']

/** Files that need the same things, run under one name: `npx vitest run --project=NAME`. */
const suite = (name: string, include: string[], more: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include, ...more },
})

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source', 'node'] } },
  test: {
    projects: [
      // Needs no server, no browser and no build; imports are shared, since nothing here changes its process for good.
      suite(
        'unit',
        [
          '{sdk,service,widget}/src/**/*.test.ts',
          'sdk/test/*.test.ts',
          'service/test/{core,injection,realtime}/*.test.ts',
          'infra/tools/{logs,verify}/*.test.ts',
          'infra/tools/checks/repository/*.test.ts',
        ],
        { isolate: false },
      ),
      suite('integration', ['service/test/{cli,contract,integration,postgres,redis,store}/**/*.test.ts']),
      suite('deployment', ['infra/tools/{checks,cluster,servers}/*.test.ts']),
      suite('chaos', ['infra/tools/chaos/**/*.test.ts']),
      suite('e2e', ['widget/e2e/*.test.ts']),
    ],
    reporters: ['default', suiteTimes()],
    // One per core even on small machines: most files wait for a server half of their time.
    maxWorkers: '100%',
    // Seconds on a machine of its own; minutes where others work beside it.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The default of a second is nothing on a busy machine.
    expect: { poll: { timeout: 15_000 } },
  },
})
