import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, setPriority } from 'node:os'

export type Step = {
  readonly name: string
  readonly command: readonly string[]
  /** Begins when these, which stand before it, have ended. */
  readonly after?: readonly string[]
  /** Like `after`, and the step is skipped if one of them fails. */
  readonly needs?: readonly string[]
  /** Runs at low CPU priority. */
  readonly behind?: true
  /** Its failure does not fail the run. */
  readonly optional?: true
  /** Prints its output at once; the output of other steps is printed together when they end. */
  readonly live?: true
}

export type Outcome = {
  readonly name: string
  readonly result: 'passed' | 'failed' | 'left out'
  readonly seconds: number
}

const run = async ({ name, command, behind, live }: Step): Promise<boolean> => {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: live ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'] })
  if (behind && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  const [code] = await once(child, 'close').catch((error: unknown) => {
    said += String(error)
    return []
  })
  if (said.trim() !== '') console.log(`\n[${name}]\n${said.trimEnd()}`)
  return code === 0
}

/** Run steps side by side, each as soon as it may begin. Resolves when all have ended, in the order they were given. */
export const runSteps = async (steps: readonly Step[]): Promise<Outcome[]> => {
  const running = new Map<string, Promise<Outcome>>()
  for (const step of steps)
    running.set(
      step.name,
      (async (): Promise<Outcome> => {
        await Promise.all((step.after ?? []).map((name) => running.get(name)))
        const needed = await Promise.all((step.needs ?? []).map((name) => running.get(name)))
        if (needed.some((outcome) => outcome?.result !== 'passed'))
          return { name: step.name, result: 'left out', seconds: 0 }
        const startedAt = performance.now()
        const passed = (await run(step)) || step.optional
        return {
          name: step.name,
          result: passed ? 'passed' : 'failed',
          seconds: (performance.now() - startedAt) / 1_000,
        }
      })(),
    )
  return Promise.all(running.values())
}
