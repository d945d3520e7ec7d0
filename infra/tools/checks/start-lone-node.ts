import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { eventually } from '@repartee/service/testing/eventually'
import { vi } from 'vitest'

const program = fileURLToPath(new URL('lone-node.ts', import.meta.url))

/** Start a stand-in for a node in its own process; `backlog` is the most connections that wait to be accepted. */
export const startLoneNode = async (backlog = 511) => {
  const child = spawn(process.execPath, ['--import', 'tsx', program, String(backlog)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const line = (text: RegExp, count = 1) =>
    vi.waitFor(
      () => {
        const found = lines.filter((one) => text.test(one))
        if (found.length < count) throw new Error(`the lone node did not say ${text}`)
        return found[0] ?? ''
      },
      { timeout: 10_000, interval: 10 },
    )
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return {
    address: await line(/^127/),
    /** Resolves once that many requests wait in it for an answer that never comes. */
    holds: (count: number) => line(/^held$/, count),
    kill,
    async freeze() {
      child.kill('SIGSTOP')
      // State of the process, after its name in brackets (proc(5)).
      await eventually(() => {
        if (!/\) T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))) throw new Error('still runs')
      })
    },
    stop: kill,
  }
}
