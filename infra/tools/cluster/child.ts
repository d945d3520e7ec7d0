import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Keeper } from './keeper.ts'

/** A process of the cluster, started again by the same words as often as is wanted. */
export type Child = {
  readonly name: string
  readonly logFile: string
  /** While it runs. */
  readonly pid: number | undefined
  /** Resolves when it is ready. */
  start(): Promise<void>
  /** Send a signal and wait for the end; resolves to the exit code. What does not end in time is killed. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  signal(signal: NodeJS.Signals): void
}

const READY_MS = 30_000
const STOP_MS = 60_000
const STEP_MS = 50
const LAST_LINES = 15

export type ChildOptions = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly account?: { readonly uid: number; readonly gid: number } | undefined
  readonly logFile: string
  readonly stopSignal?: NodeJS.Signals
  readonly ready: () => Promise<boolean>
  readonly keeper: Keeper
}

const lastLines = (file: string): string =>
  readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n')

/** Describe a process; nothing runs yet. */
export const createChild = (o: ChildOptions): Child => {
  let child: ChildProcess | null = null

  const signal = (name: NodeJS.Signals): void => {
    child?.kill(name)
  }

  const stop = async (name: NodeJS.Signals = o.stopSignal ?? 'SIGTERM'): Promise<number | null> => {
    const running = child
    if (running === null || running.exitCode !== null || running.signalCode !== null) return running?.exitCode ?? null
    const ended = once(running, 'exit')
    const late = setTimeout(() => running.kill('SIGKILL'), STOP_MS)
    running.kill(name)
    await ended
    clearTimeout(late)
    return running.exitCode
  }

  const waitUntilReady = async (started: ChildProcess): Promise<void> => {
    const until = performance.now() + READY_MS
    while (!(await o.ready().catch(() => false))) {
      const over = started.exitCode !== null || started.signalCode !== null
      if (over || performance.now() > until) {
        await stop('SIGKILL')
        throw new Error(`${o.name} ${over ? 'ended' : 'is not ready'}:\n${lastLines(o.logFile)}`)
      }
      await pause(STEP_MS)
    }
  }

  return {
    name: o.name,
    logFile: o.logFile,
    get pid() {
      return child?.exitCode === null && child.signalCode === null ? child.pid : undefined
    },
    async start() {
      const log = openSync(o.logFile, 'a')
      const started = spawn(o.command, [...o.args], {
        ...o.account,
        stdio: ['ignore', log, log],
        env: { ...process.env, ...o.env },
        detached: true,
      })
      closeSync(log)
      child = started
      const { pid } = started
      started.on('error', () => undefined)
      if (pid === undefined) throw new Error(`${o.name}: cannot run ${o.command}`)
      o.keeper.add(pid)
      started.once('exit', () => o.keeper.drop(pid))
      await waitUntilReady(started)
    },
    stop,
    signal,
  }
}
