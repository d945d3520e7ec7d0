import type { Verdict } from './judge/verdict.ts'
import type { PlannedFault } from './plan/schedule.ts'

/** A planned fault and what it did. */
export type FaultRecord = PlannedFault & {
  /** When it was over and the failed part ran again, counted from the start of the load. */
  readonly healedMs: number
  /** Other faults that overlapped it. */
  readonly alongside: readonly string[]
  /** Longest time without an acknowledgement, from its start to five seconds after its end. */
  readonly writeGapMs: number
  /** From its end until every reader had everything committed by then; `null` if that took over a minute. */
  readonly convergedMs: number | null
  /** Why it could not be inflicted or healed. */
  readonly failure?: string
}

/** The settings of a run and its result. */
export type Report = {
  readonly good: boolean
  readonly seed: number
  readonly minutes: number
  readonly commit: string
  readonly startedAt: string
  readonly topology: Readonly<Record<string, string | number | boolean>>
  readonly schedule: readonly PlannedFault[]
  readonly faults: readonly FaultRecord[]
  readonly counts: Readonly<Record<string, number>>
  /** Acknowledgements in each second of the run. */
  readonly acksPerSecond: readonly number[]
  readonly retries: Readonly<Record<string, number>>
  readonly longestWriteGapMs: number
  /** From the last acknowledgement until every reader had everything. */
  readonly convergedMs: number | null
  readonly verdict: Verdict
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** One line for each fault in a schedule. */
export const describeSchedule = (schedule: readonly PlannedFault[]): string =>
  schedule
    .map(({ kind, target, atMs, forMs }) => `  ${seconds(atMs).padStart(8)}  ${kind} ${target}, ${seconds(forMs)}`)
    .join('\n')

/** A summary for people, a few lines long. */
export const describeReport = (report: Report): string => {
  const { counts, verdict } = report
  const worst = [...report.faults].sort((a, b) => b.writeGapMs - a.writeGapMs).slice(0, 5)
  const found = Object.entries(verdict).flatMap(([name, list]) => [
    `  ${name}: ${list.length}`,
    ...list.slice(0, 5).map((item: string) => `    ${item}`),
  ])
  return [
    `seed ${report.seed}, ${report.faults.length} faults, ${counts.acknowledged} acknowledged (${counts.perSecond}/s), ${counts.stored} stored, ${counts.watches} readers' views`,
    `longest write gap ${seconds(report.longestWriteGapMs)}; every view complete ${report.convergedMs === null ? 'never' : `${seconds(report.convergedMs)} after the last comment`}`,
    ...worst.map(
      (fault) =>
        `  ${fault.kind} ${fault.target}: gap ${seconds(fault.writeGapMs)}, all heard after ${fault.convergedMs === null ? 'more than a minute' : seconds(fault.convergedMs)}${fault.alongside.length === 0 ? '' : `, during ${fault.alongside.join(', ')}`}`,
    ),
    ...found,
    report.good ? 'good' : 'BAD',
  ].join('\n')
}
