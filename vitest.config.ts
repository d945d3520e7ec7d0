import { defineConfig } from 'vitest/config'
import { findChromium } from './infra/tools/servers/find-program.ts'
import { suiteTimes } from './infra/tools/verify/suite-times.ts'

// What is named here also reaches `require` in packages, which must not get what is meant for `import` or for bundlers.
const conditions = ['source']

/**
 * Files that need the same things, run under one name: `npx vitest run --project=NAME`. Not isolated, the files of a worker
 * share what they import, which spares half a second each: a file that mocks a module resets the registry around itself.
 */
const suite = (name: string, include: string[], more: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include, ...more },
})

const hasChromium = findChromium() !== null
if (!hasChromium) console.warn('there is no Chromium: the suite e2e is left out')

export default defineConfig({
  resolve: { conditions },
  // Where set-ups of suites run.
  environments: { __vitest__: { resolve: { conditions } } },
  ssr: { resolve: { conditions, externalConditions: ['source', 'node'] } },
  test: {
    projects: [
      // Needs no server, no browser and no build.
      suite(
        'unit',
        [
          '{sdk,service,widget,dashboard}/src/**/*.test.ts',
          'dashboard/checks/*.test.ts',
          'sdk/test/*.test.ts',
          'service/test/{core,injection,realtime}/*.test.ts',
          'infra/tools/{logs,verify}/*.test.ts',
          'infra/tools/checks/repository/*.test.ts',
        ],
        { isolate: false },
      ),
      suite('integration', ['service/test/{cli,contract,integration,postgres,redis,store}/**/*.test.ts'], {
        globalSetup: ['infra/tools/servers/run-postgres.ts'],
        isolate: false,
      }),
      // The same files as in other suites, in full size.
      suite(
        'long',
        [
          'infra/tools/chaos/short-run.test.ts',
          'service/test/integration/{crash,mail-killed,service-convergence}.test.ts',
          'service/test/store/{plans,sealed-plans}.test.ts',
          'widget/e2e/leak.test.ts',
        ],
        { globalSetup: ['infra/tools/servers/run-postgres.ts'], env: { TEST_SIZE: 'full' } },
      ),
      suite('deployment', ['infra/tools/{checks,cluster,servers}/*.test.ts']),
      suite('chaos', ['infra/tools/chaos/**/*.test.ts']),
      suite('e2e', hasChromium ? ['{widget,dashboard}/e2e/*.test.ts'] : [], {
        globalSetup: ['infra/tools/servers/run-postgres.ts', 'infra/tools/run-browsers.ts'],
        isolate: false,
      }),
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
