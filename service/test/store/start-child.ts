import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

export type Child = {
  readonly process: ChildProcessByStdio<null, Readable, Readable>
  /** Complete lines printed so far. */
  lines(): string[]
  /** What went to standard error. */
  errors(): string
  /** Kill it with SIGKILL, and wait until it has exited. */
  kill(): Promise<void>
  readonly exited: Promise<number | null>
}

/** Run store-child.ts. */
export const startChild = (...args: string[]): Child => {
  const script = fileURLToPath(new URL('./store-child.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const exited = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
  return {
    process: child,
    lines: () => out.split('\n').slice(0, -1),
    errors: () => err,
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    exited,
  }
}

/** Wait until the child has printed that many lines. */
export const printed = (child: Child, count: number): Promise<void> =>
  vi.waitFor(
    () => {
      if (child.lines().length < count) throw new Error(`${child.lines().length} lines so far. ${child.errors()}`)
    },
    { timeout: 30_000, interval: 20 },
  )
