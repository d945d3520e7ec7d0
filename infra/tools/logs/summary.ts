import { fingerprintOf } from './fingerprint.ts'
import { LEVELS, type Level, parseLogLine } from './log-event.ts'
import { printable } from './normalise.ts'

export type LogGroup = {
  readonly level: Level
  readonly text: string
  readonly count: number
  readonly firstAt: number | null
  readonly lastAt: number | null
  /** From the first line of the group that has one. */
  readonly requestId: string | null
}

export type LogSummary = {
  readonly lines: number
  /** Lines that are not JSON, have no message, or are too long. */
  readonly unreadable: number
  readonly levels: Readonly<Record<Level, number>>
  readonly firstAt: number | null
  readonly lastAt: number | null
  /** Most severe level first, then most frequent. */
  readonly groups: readonly LogGroup[]
  /** Lines in groups that were dropped to limit memory. */
  readonly dropped: number
}

/** When there are too many groups, the least important of this many least recently seen ones is dropped. */
const CANDIDATES = 16

const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
const later = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b))
const severity = (level: Level): number => LEVELS.indexOf(level)
const byImportance = (a: LogGroup, b: LogGroup): number =>
  severity(a.level) - severity(b.level) || b.count - a.count || (a.text < b.text ? -1 : 1)

/** Count lines by group; keeps at most `maxGroups` groups. */
export const createSummary = (maxGroups: number): { add(line: string | null): void; result(): LogSummary } => {
  /** Least recently seen first. */
  const groups = new Map<string, LogGroup>()
  const levels: Record<Level, number> = { fatal: 0, error: 0, warn: 0, info: 0, debug: 0, trace: 0 }
  let [lines, unreadable, dropped] = [0, 0, 0]
  let firstAt: number | null = null
  let lastAt: number | null = null

  const makeRoom = (): void => {
    const oldest: [string, LogGroup][] = []
    for (const entry of groups) if (oldest.push(entry) === CANDIDATES) break
    const least = oldest.sort(([, a], [, b]) => byImportance(a, b)).at(-1)
    if (least === undefined) return
    dropped += least[1].count
    groups.delete(least[0])
  }

  return {
    add(line) {
      if (line !== null && line.trim() === '') return
      lines += 1
      const event = line === null ? null : parseLogLine(line)
      if (event === null) {
        unreadable += 1
        return
      }
      const { at, level } = event
      const text = fingerprintOf(event)
      const key = `${level} ${text}`
      const known = groups.get(key)
      if (known === undefined && groups.size >= maxGroups) makeRoom()
      groups.delete(key)
      groups.set(key, {
        level,
        text,
        count: (known?.count ?? 0) + 1,
        firstAt: earlier(known?.firstAt ?? null, at),
        lastAt: later(known?.lastAt ?? null, at),
        requestId: known?.requestId ?? (event.requestId === null ? null : printable(event.requestId, 64)),
      })
      levels[level] += 1
      firstAt = earlier(firstAt, at)
      lastAt = later(lastAt, at)
    },
    result: () => ({
      lines,
      unreadable,
      levels: { ...levels },
      firstAt,
      lastAt,
      groups: [...groups.values()].sort(byImportance),
      dropped,
    }),
  }
}
