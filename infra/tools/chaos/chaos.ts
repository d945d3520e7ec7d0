import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { Snapshot } from '@repartee/sdk/protocol'
import { inflict } from './inflict.ts'
import { timeToConverge } from './judge/convergence.ts'
import { longestGapMs, perSecond } from './judge/gaps.ts'
import { type Database, openDatabase } from './judge/stored.ts'
import { isGood, judge } from './judge/verdict.ts'
import { createLedger } from './load/ledger.ts'
import { startPosters } from './load/posters.ts'
import { startReaders, type WatchedThread } from './load/readers.ts'
import type { PlannedFault } from './plan/schedule.ts'
import type { FaultRecord, Report } from './report.ts'
import { startTopology, type Topology } from './topology.ts'

export type ChaosOptions = {
  readonly seed: number
  /** How long comments are posted. */
  readonly forMs: number
  readonly schedule: readonly PlannedFault[]
  readonly nodes: number
  readonly gateways: number
  readonly nginx: boolean
  readonly namespaces: boolean
  /** Folder of the built service. */
  readonly service: string
  readonly threads: number
  /** How many of the threads also have edits and deletions. */
  readonly mixedThreads: number
  readonly posters: number
  readonly readers: number
  /** Comments per second while nothing fails. */
  readonly perSecond: number
  /** Keep the folder of all parts even after a good run. */
  readonly keep?: boolean
  readonly say: (line: string) => void
}

const CONVERGE_WITHIN_MS = 60_000
const FINISH_WITHIN_MS = 45_000
const AFTERMATH_MS = 5_000

const commitOf = (): string => {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

const openThreads = async (topology: Topology, o: ChaosOptions): Promise<WatchedThread[]> => {
  const sites = [await topology.createSite('chaos-a'), await topology.createSite('chaos-b')]
  const threads: WatchedThread[] = []
  for (let at = 0; at < o.threads; at += 1) {
    const [site, page] = [sites[at % sites.length] ?? '', `/thread-${at}`]
    const answer = await fetch(`${topology.urls[0]}/api/v1/sites/${site}/thread?page=${page}`)
    if (!answer.ok) throw new Error(`thread: ${answer.status} ${await answer.text()}`)
    threads.push({ id: ((await answer.json()) as Snapshot).thread.id, site, page, mixed: at < o.mixedThreads })
  }
  return threads
}

/** Start a topology, inflict a schedule of faults while it is under load, and judge the result. */
export const runChaos = async (o: ChaosOptions): Promise<Report> => {
  const crashed: string[] = []
  const topology = await startTopology({ ...o, onCrash: (how) => crashed.push(how) })
  let database: Database | undefined
  try {
    database = await openDatabase(topology.postgres.url)
    const report = await play(o, topology, database, crashed)
    await database.close()
    await topology.stop()
    // The logs are needed only if something went wrong.
    if (report.good && o.keep !== true) await rm(topology.folder, { recursive: true, force: true })
    else o.say(`the logs are in ${topology.folder}`)
    return report
  } catch (error) {
    await database?.close()
    await topology.stop()
    throw error
  }
}

const play = async (o: ChaosOptions, topology: Topology, database: Database, crashed: string[]): Promise<Report> => {
  const { urls } = topology
  const threads = await openThreads(topology, o)
  const ledger = createLedger()
  const readers = await startReaders({ urls, threads, count: o.readers, ledger })
  const startedAt = Date.now()
  const since = (): number => Date.now() - startedAt
  const posters = startPosters({ urls, threads, count: o.posters, perSecond: o.perSecond, ledger })
  const ownLag = monitorEventLoopDelay({ resolution: 20 })
  ownLag.enable()
  const progress = setInterval(
    () => o.say(`${Math.round(since() / 1_000)} s: ${ledger.acknowledged} acknowledged`),
    30_000,
  )

  const underWay = new Map<PlannedFault, Set<string>>()
  const begin = (fault: PlannedFault): Set<string> => {
    const alongside = new Set<string>()
    for (const [other, theirs] of underWay) {
      alongside.add(`${other.kind} ${other.target}`)
      theirs.add(`${fault.kind} ${fault.target}`)
    }
    underWay.set(fault, alongside)
    return alongside
  }

  const befall = async (fault: PlannedFault): Promise<FaultRecord> => {
    await pause(Math.max(0, fault.atMs - since()))
    const beganAt = Date.now()
    const alongside = begin(fault)
    let failure: string | undefined
    try {
      const heal = await inflict(topology, fault)
      await pause(Math.max(0, beganAt + fault.forMs - Date.now()))
      await heal()
    } catch (error) {
      failure = String(error)
    }
    const healedAt = Date.now()
    const convergedMs = await timeToConverge(database, readers.watches, 'heard', CONVERGE_WITHIN_MS)
    underWay.delete(fault)
    await pause(Math.max(0, healedAt + AFTERMATH_MS - Date.now()))
    const writeGapMs = longestGapMs(ledger.ackTimes, beganAt, healedAt + AFTERMATH_MS)
    const record = {
      ...fault,
      healedMs: healedAt - startedAt,
      alongside: [...alongside],
      writeGapMs,
      convergedMs,
    }
    const trouble = failure === undefined ? '' : `; ${failure}`
    o.say(`${fault.kind} ${fault.target}: gap ${writeGapMs} ms, readers complete after ${convergedMs} ms${trouble}`)
    return failure === undefined ? record : { ...record, failure }
  }
  const faulting = Promise.all(o.schedule.map(befall))

  await pause(o.forMs)
  const faults = await faulting
  const endedAt = Date.now()
  await Promise.all([posters.finish(FINISH_WITHIN_MS), readers.finish()])
  clearInterval(progress)
  const convergedMs = await timeToConverge(database, readers.watches, 'position', CONVERGE_WITHIN_MS)

  const mixed = new Set(threads.filter((thread) => thread.mixed).map(({ id }) => id))
  const stored = await database.threads(threads.map(({ id }) => id))
  const revisions = await database.revisions()
  const verdict = judge({
    threads: stored.map((thread) => ({ ...thread, mixed: mixed.has(thread.id) })),
    revisions,
    ledger,
    readers,
    crashed,
  })
  const quietMs = Math.min(o.forMs, ...o.schedule.map(({ atMs }) => atMs))
  const reloads = readers.watches.reduce((sum, watch) => sum + watch.reloads, 0)
  readers.close()
  const broken = faults.some((fault) => fault.failure !== undefined)
  return {
    good: isGood(verdict) && !broken && convergedMs !== null,
    seed: o.seed,
    minutes: o.forMs / 60_000,
    commit: commitOf(),
    startedAt: new Date(startedAt).toISOString(),
    topology: {
      nodes: o.nodes,
      gateways: o.gateways,
      nginx: o.nginx,
      namespaces: o.namespaces,
      posters: o.posters,
      readers: o.readers,
      threads: o.threads,
    },
    schedule: o.schedule,
    faults,
    counts: {
      acknowledged: ledger.acknowledged,
      perSecond: Math.round((ledger.acknowledged * 1_000) / (endedAt - startedAt)),
      asked: ledger.entries.size,
      stored: stored.reduce((sum, { rows }) => sum + rows.length, 0),
      edited: [...readers.edits.values()].reduce((sum, { sent }) => sum + sent.length - 1, 0),
      deleted: [...readers.edits.values()].filter(({ deletion }) => deletion !== 'none').length,
      watches: readers.watches.length,
      reloads,
      statementsMet: topology.gateways.flat().reduce((sum, { plan }) => sum + plan.met, 0),
      // The driver may stall too; a gap of that length is not the service's fault.
      driverStallMs: Math.round(ownLag.max / 1e6),
      // Before anything failed: what the machine itself costs.
      quietGapMs: longestGapMs(ledger.ackTimes, startedAt + 1_000, startedAt + quietMs),
    },
    acksPerSecond: perSecond(ledger.ackTimes, startedAt),
    retries: ledger.retries,
    longestWriteGapMs: longestGapMs(ledger.ackTimes, startedAt + 1_000, endedAt),
    convergedMs,
    verdict,
  }
}
