import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'

/** One running process of the topology. */
export type Program = {
  readonly pid: number
  /** `null` while it runs. */
  readonly exit: string | null
  signal(name: NodeJS.Signals): void
  /** Send a signal and wait until it is gone. */
  end(name: NodeJS.Signals): Promise<void>
}

export type ProgramOptions = {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly owner?: { readonly uid: number; readonly gid: number } | Record<string, never>
  /** Network namespace it runs in; needs root. */
  readonly namespace?: string | undefined
  /** Standard output and errors are added to this file. */
  readonly log: string
  /** Told when it ends without having been asked to by `end`. */
  readonly onLost?: (how: string) => void
}

/** Linux ends a process together with its parent if asked to; elsewhere a killed driver leaves its parts behind. */
const diesWithUs = spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0

/** Start a program; it ends with this process at the latest. */
export const startProgram = (o: ProgramOptions): Program => {
  const words = [
    ...(o.namespace === undefined ? [] : ['ip', 'netns', 'exec', o.namespace]),
    ...(diesWithUs ? ['setpriv', '--pdeathsig', 'KILL'] : []),
    o.command,
    ...o.args,
  ]
  const log = openSync(o.log, 'a')
  const child: ChildProcess = spawn(words[0] ?? o.command, words.slice(1), {
    ...o.owner,
    env: { ...process.env, ...o.env },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  let exit: string | null = null
  let asked = false
  child.once('error', (error) => {
    exit = error.message
  })
  child.once('exit', (code, signal) => {
    exit = signal ?? `exit code ${code}`
    if (!asked) o.onLost?.(exit)
  })
  const signal = (name: NodeJS.Signals): void => {
    if (exit === null) child.kill(name)
  }
  return {
    pid: child.pid ?? 0,
    get exit() {
      return exit
    },
    signal,
    async end(name) {
      asked = true
      if (exit !== null) return
      const gone = once(child, 'exit')
      child.kill(name)
      // A frozen one would not hear it.
      child.kill('SIGCONT')
      await gone
    },
  }
}
