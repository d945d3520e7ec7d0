import { setTimeout as pause } from 'node:timers/promises'
import type { LiveSocket } from './live-socket.ts'

const SLICE_MS = 100
/** So many can move at once without anybody noticing. */
const SMALLEST_SLICE = 50
/** The clients of one slice come back within this time; a few of them sooner. */
const SPREAD_MS = 1_000
const SPREAD_EACH_MS = 20
const STEP_MS = 20

/** Resolve when it holds, at the latest after `withinMs`; tells whether it holds. */
export const waitUntil = async (holds: () => boolean, withinMs: number): Promise<boolean> => {
  const until = performance.now() + withinMs
  while (!holds() && performance.now() < until) await pause(STEP_MS)
  return holds()
}

/**
 * Ask every socket to come back elsewhere, slice by slice over `overMs`, so that the other nodes are not stormed. Resolves
 * when the last slice was asked.
 */
export const drainSockets = async (o: {
  sockets: () => Iterable<Pick<LiveSocket, 'requestReconnect'>>
  overMs: number
  random: () => number
}): Promise<void> => {
  const waiting = [...o.sockets()]
  const slices = Math.max(1, Math.floor(o.overMs / SLICE_MS))
  const spreadMs = Math.min(SPREAD_MS, waiting.length * SPREAD_EACH_MS)
  const size = Math.max(SMALLEST_SLICE, Math.ceil(waiting.length / slices))
  for (let at = 0; at < waiting.length; at += size) {
    if (at > 0) await pause(SLICE_MS)
    for (const live of waiting.slice(at, at + size)) live.requestReconnect(Math.floor(o.random() * spreadMs))
  }
}
