import { linkSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'

/*
 * PGlite does not stop two processes from opening the same folder and corrupting it, so we keep a lock file next to the
 * folder. It is taken over only when its holder is certainly dead, never because it is old.
 */

type Holder = {
  readonly pid: number
  /** Tells the process from a later one with the same pid; `null` where there is no /proc. */
  readonly startedTicks: string | null
  readonly bootId: string | null
  /** The namespace of the pid: a container has its own. */
  readonly pidSpace: string | null
  readonly host: string
}

/** Release the lock. */
export type Release = () => void

/** Lock a data folder. Throws with the holder's process if it is locked. */
export const lockFolder = (folder: string): Release => {
  const file = `${folder}.lock`
  const mine = `${JSON.stringify(holderOf(process.pid))}\n`
  mkdirSync(dirname(file), { recursive: true })
  for (;;) {
    if (attempt(() => writeFileSync(file, mine, { flag: 'wx' }))) break
    const text = readIfThere(file)
    if (text === null) continue
    const holder = livingHolder(text)
    if (holder !== null)
      throw new Error(
        `the data folder ${folder} is in use by ${holder}. Only one process at a time can open it (${file}).`,
      )
    removeStale(file, text)
  }
  return () => {
    if (readIfThere(file) === mine) rmSync(file, { force: true })
  }
}

/** Remove a dead holder's lock; put it back if another process has replaced it since we read it. */
const removeStale = (file: string, expected: string): void => {
  const aside = `${file}.${process.pid}`
  if (!attempt(() => renameSync(file, aside))) return
  if (readIfThere(aside) !== expected) attempt(() => linkSync(aside, file))
  rmSync(aside, { force: true })
}

/** Describes a holder that is alive or cannot be checked from here; `null` if it is dead. */
const livingHolder = (text: string): string | null => {
  const holder = parse(text)
  if (holder === null) return 'an unreadable lock; if no other process uses the folder, delete the lock'
  const self = holderOf(process.pid)
  const comparable = holder.bootId === self.bootId && holder.pidSpace === self.pidSpace
  if (comparable) return isAlive(holder) ? `process ${holder.pid}` : null
  // The same name with another boot or pid namespace: the machine or container has restarted since.
  if (holder.host === self.host) return null
  return `process ${holder.pid} on ${holder.host}; if that process is certainly gone, delete the lock`
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

/** `false` when the file already exists, or no longer does. */
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
