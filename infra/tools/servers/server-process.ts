import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { reaper } from './reaper.ts'
import { until } from './until.ts'

/** A server's process that can be restarted with the same command line. It never outlives this process. */
export type ServerProcess = {
  readonly name: string
  /** Standard output and standard error of every run. */
  readonly logFile: string
  /** `undefined` while it is not running. */
  readonly pid: number | undefined
  /** Resolves once it is ready; does nothing while it runs. Rejects if it ends first or is not ready within a minute. */
  start(): Promise<void>
  /** Send a signal and wait for the end; killed after a minute. Resolves with the exit code, `null` if a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  signal(name: NodeJS.Signals): void
}

export type ServerProcessOptions = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The account it runs as; by default that of this process. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined
  /** The Linux network namespace it runs in; needs root. */
  readonly namespace?: string | undefined
  readonly logFile: string
  /** The signal that stops it, by default SIGTERM; also used when this process ends. */
  readonly stopSignal?: NodeJS.Signals
  /** Polled until it resolves to true; a rejection counts as false. */
  readonly ready: () => Promise<boolean>
  /** Called with the signal or exit code if it ends without `stop` after it was ready. */
  readonly onLost?: (how: string) => void
}

const READY_MS = 60_000
const STOP_MS = 60_000
const LAST_LINES = 15

const lastLines = (file: string): string =>
  readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n')

const endOf = (child: ChildProcess): string => child.signalCode ?? `exit code ${child.exitCode}`
const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** Describe a server's process; nothing runs until `start`. */
export const supervise = (o: ServerProcessOptions): ServerProcess => {
  const stopSignal = o.stopSignal ?? 'SIGTERM'
  const [command = o.command, ...args] = [
    ...(o.namespace === undefined ? [] : ['ip', 'netns', 'exec', o.namespace]),
    o.command,
    ...o.args,
  ]
  let running: ChildProcess | null = null

  const stop = async (signal: NodeJS.Signals = stopSignal): Promise<number | null> => {
    const child = running
    running = null
    if (child === null || isOver(child)) return child?.exitCode ?? null
    const ended = once(child, 'exit')
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    child.kill(signal)
    // A frozen process handles signals only after SIGCONT.
    child.kill('SIGCONT')
    await ended
    clearTimeout(late)
    return child.exitCode
  }

  const waitUntilReady = async (child: ChildProcess): Promise<void> => {
    let over = false
    await until(`${o.name} is ready`, READY_MS, async () => {
      over = isOver(child)
      return over || (await o.ready())
    }).catch(async (error: unknown) => {
      await stop('SIGKILL')
      throw new Error(`${o.name} is not ready:\n${lastLines(o.logFile)}`, { cause: error })
    })
    if (over) throw new Error(`${o.name} ended while it was starting, ${endOf(child)}:\n${lastLines(o.logFile)}`)
  }

  return {
    name: o.name,
    logFile: o.logFile,
    get pid() {
      return running === null || isOver(running) ? undefined : running.pid
    },
    async start() {
      if (running !== null && !isOver(running)) return
      const log = openSync(o.logFile, 'a')
      const child = spawn(command, args, {
        ...o.account,
        stdio: ['ignore', log, log],
        env: { ...process.env, ...o.env },
        // Ctrl-C must reach only this process, which then stops its servers in order.
        detached: true,
      })
      closeSync(log)
      child.on('error', () => undefined)
      const { pid } = child
      if (pid === undefined) throw new Error(`${o.name}: cannot run ${command}`)
      running = child
      reaper.started(pid, stopSignal)
      let isReady = false
      child.once('exit', () => {
        reaper.ended(pid)
        if (isReady && running === child) o.onLost?.(endOf(child))
      })
      await waitUntilReady(child)
      isReady = true
    },
    stop,
    signal: (name) => void running?.kill(name),
  }
}
