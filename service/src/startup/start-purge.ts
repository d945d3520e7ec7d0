import { purgeSites } from '../core/sites/purge-sites.ts'

const EVERY_MS = 60 * 60_000

/** Delete sites whose time is over, about once an hour, on any number of nodes. Returns a function that stops it. */
export const startPurge = (deps: Parameters<typeof purgeSites>[0]): (() => void) => {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const schedule = (): void => {
    if (stopped) return
    timer = setTimeout(() => void run(), EVERY_MS * (0.5 + Math.random()))
    timer.unref()
  }
  const run = async (): Promise<void> => {
    await purgeSites(deps).catch((error: unknown) => {
      deps.log.warn('could not delete sites', { error: String(error) })
    })
    schedule()
  }
  schedule()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
