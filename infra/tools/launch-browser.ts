import { type Browser, chromium } from 'playwright-core'
import { findChromium } from './servers/find-program.ts'

/** Names the browsers of a run, one for each worker, to the processes of the tests. */
export const RUN_BROWSERS = 'REPARTEE_RUN_BROWSERS'

/** Debian's Chromium, without network requests of its own. */
export const chromiumOptions = {
  executablePath: findChromium() ?? 'chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

/** Start a browser, or join the one this run has for this worker: then closing it ends only what was opened through it. */
export const launchBrowser = (): Promise<Browser> => {
  const { [RUN_BROWSERS]: running, VITEST_POOL_ID: worker } = process.env
  if (running === undefined) return chromium.launch(chromiumOptions)
  const endpoints = running.split(' ')
  return chromium.connect(endpoints[Number(worker ?? 0) % endpoints.length] ?? '')
}
