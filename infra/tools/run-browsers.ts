import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { chromiumOptions, RUN_BROWSERS } from './launch-browser.ts'

/** Set-up of a suite: one browser for each worker of the run, in which every file opens contexts of its own. */
export const setup = async ({ vitest }: TestProject): Promise<() => Promise<void>> => {
  const workers = Number(vitest.config.maxWorkers)
  const servers = await Promise.all(Array.from({ length: workers }, () => chromium.launchServer(chromiumOptions)))
  process.env[RUN_BROWSERS] = servers.map((server) => server.wsEndpoint()).join(' ')
  return async () => {
    await Promise.all(servers.map((server) => server.close()))
  }
}
