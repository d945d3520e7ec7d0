import { linkSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'

/*
 * PGlite lets two processes open and ruin one folder, so we keep a lock of our own, beside the folder. It is taken over
 * only when its holder is surely dead, never because it is old.
 */

type Holder = {
  readonly pid: number
  /** With the pid, tells a process from a later one with the same number; `null` where /proc is missing. */
  readonly startedTicks: string | null
  readonly bootId: string | null
  /** Which numbering of processes the pid belongs to: a container has its own. */
  readonly pidSpace: string | null
  readonly host: string
}

/** Give the lock back. */
export type Release = () => void

/** Take the lock of a data folder, or reject with who holds it. */
export const lockFolder = (folder: string): Release => {
  const file = `${folder}.lock`
  const mine = `${JSON.stringify(holderOf(process.pid))}\n`
  mkdirSync(dirname(file), { recursive: true })
  for (;;) {
    if (attempt(() => writeFileSync(file, mine, { flag: 'wx' }))) break
    const text = readIfThere(file)
    if (text === null) continue
    const reason = whyAlive(text)
    if (reason !== null)
      throw new Error(`the data folder ${folder} is in use by ${reason}. One process at a time may open it (${file}).`)
    takeAway(file, text)
  }
  return () => {
    if (readIfThere(file) === mine) rmSync(file, { force: true })
  }
}

/** Move a dead holder's lock away; put it back if another process replaced it after we had looked. */
const takeAway = (file: string, expected: string): void => {
  const aside = `${file}.${process.pid}`
  if (!attempt(() => renameSync(file, aside))) return
  if (readIfThere(aside) !== expected) attempt(() => linkSync(aside, file))
  rmSync(aside, { force: true })
}

/** Words naming a holder that lives or cannot be judged from here; `null` when it is dead. */
const whyAlive = (text: string): string | null => {
  const holder = parse(text)
  if (holder === null) return 'an unreadable lock; if nothing else runs on it, delete the lock'
  const self = holderOf(process.pid)
  const comparable = holder.bootId === self.bootId && holder.pidSpace === self.pidSpace
  if (comparable) return isAlive(holder) ? `process ${holder.pid}` : null
  // The same name with another boot or pid space: the machine or the container was started again since.
  if (holder.host === self.host) return null
  return `process ${holder.pid} on ${holder.host}; if that is gone for sure, delete the lock`
}

const isAlive = (holder: Holder): boolean => {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
  }
  return holderOf(holder.pid).startedTicks === holder.startedTicks
}

const holderOf = (pid: number): Holder => ({
  pid,
  startedTicks:
    readIfThere(`/proc/${pid}/stat`)
      ?.replace(/^.*\) /s, '')
      .split(' ')[19] ?? null,
  bootId: readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? null,
  pidSpace: linkIfThere('/proc/self/ns/pid'),
  host: hostname(),
})

const parse = (text: string): Holder | null => {
  try {
    const value: unknown = JSON.parse(text)
    const sound = typeof value === 'object' && value !== null && 'pid' in value && Number.isSafeInteger(value.pid)
    return sound ? (value as Holder) : null
  } catch {
    return null
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined

/** `false` when the file is there already, or no longer. */
const attempt = (act: () => void): boolean => {
  try {
    act()
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false
    throw error
  }
}

const readIfThere = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

const linkIfThere = (file: string): string | null => {
  try {
    return readlinkSync(file)
  } catch {
    return null
  }
}
