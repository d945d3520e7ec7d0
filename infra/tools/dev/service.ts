import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const main = join(repository, 'service/src/main.ts')
/** What the service is made of. */
const SOURCES = ['service/src', 'service/migrations', 'sdk/src']
/** Editors write a file in several steps, and branches change many at once. */
const QUIET_MS = 100
const STEP_MS = 25

export type SourceService = {
  /** Resolves when it answers, or when it ended instead: then it waits for the next change. */
  ready(): Promise<void>
  /** Resolves when it no longer runs. */
  stop(): Promise<void>
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

/** Run the service from source, reached at `url`, and restart it when a source changes. */
export const startService = (o: {
  readonly url: string
  readonly env: Readonly<Record<string, string>>
}): SourceService => {
  let child: ChildProcess | undefined
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<void> = Promise.resolve()

  const start = async (): Promise<void> => {
    const args = ['--conditions=source', '--import', 'tsx', main, 'serve']
    // Out of reach of a terminal's Ctrl-C, which would end it twice: the second time at once.
    const started = spawn(process.execPath, args, {
      stdio: 'inherit',
      detached: true,
      env: { ...process.env, ...o.env },
    })
    child = started
    const answers = () => fetch(`${o.url}/healthz`).then(Boolean, () => false)
    while (isRunning(started) && !(await answers())) await pause(STEP_MS)
  }
  const stop = async (): Promise<void> => {
    if (child === undefined || !isRunning(child)) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  const changed = (_: unknown, name: string | null): void => {
    if (name === null || name.endsWith('.test.ts')) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      console.log(`${name} changed: the service restarts`)
      turn = turn.then(stop).then(start)
    }, QUIET_MS)
  }
  /** However this process ends, stop the service with it. */
  const orphaned = (): void => void child?.kill('SIGTERM')

  const watchers = SOURCES.map((folder) => watch(join(repository, folder), { recursive: true }, changed))
  process.on('exit', orphaned)
  turn = start()
  return {
    ready: () => turn,
    stop: async () => {
      for (const watcher of watchers) watcher.close()
      clearTimeout(timer)
      turn = turn.then(stop)
      await turn
      process.off('exit', orphaned)
    },
  }
}
