import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../servers/free-port.ts'

export type SourceDashboard = { readonly url: string; stop(): Promise<void> }

const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js')
const STEP_MS = 50

/**
 * Serve the dashboard from its sources at a free port. A process of its own, because SvelteKit reads its settings from the
 * folder it runs in. Resolves when it answers.
 */
export const startDashboard = async (folder: string): Promise<SourceDashboard> => {
  const port = await freePort()
  const args = [vite, 'dev', '--host', '127.0.0.1', '--port', String(port), '--strictPort', '--logLevel', 'warn']
  // Out of reach of a terminal's Ctrl-C, which would end it twice.
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], detached: true })
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const orphaned = (): void => void child.kill('SIGTERM')
  process.on('exit', orphaned)
  const url = `http://127.0.0.1:${port}`
  const answers = () => fetch(`${url}/dashboard/`).then(Boolean, () => false)
  while (isRunning() && !(await answers())) await pause(STEP_MS)
  if (!isRunning()) throw new Error('the dashboard ended while it started')
  return {
    url,
    stop: async () => {
      process.off('exit', orphaned)
      if (!isRunning()) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}
