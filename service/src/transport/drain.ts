import { setTimeout as pause } from 'node:timers/promises'
import type { LiveSocket } from './live-socket.ts'

const SLICE_MS = 100
/** This many sockets can move at once without overloading another node. */
const SMALLEST_SLICE = 50
/** The clients of one slice reconnect within this time, or sooner if there are few. */
const SPREAD_MS = 1_000
const SPREAD_EACH_MS = 20
const STEP_MS = 20

/** Wait until `holds` is true, at most `withinMs`; resolves with whether it is. */
export const waitUntil = async (holds: () => boolean, withinMs: number): Promise<boolean> => {
  const until = performance.now() + withinMs
  while (!holds() && performance.now() < until) await pause(STEP_MS)
  return holds()
}

/**
 * Ask every socket to reconnect to another node, slice by slice over `overMs`, so that the other nodes are not flooded.
 * Resolves when the last slice was asked.
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
