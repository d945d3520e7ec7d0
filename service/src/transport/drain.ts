import { setTimeout as pause } from 'node:timers/promises'
import type { LiveSocket } from './live-socket.ts'

const SLICE_MS = 100
/** So many sockets can move at once without loading the other nodes noticeably. */
const MIN_SLICE = 50
/** The clients of one slice reconnect within this time, or sooner when they are few. */
const SPREAD_MS = 1_000
const SPREAD_PER_SOCKET_MS = 20
const POLL_MS = 20

/** Wait until `holds` is true, at most `withinMs`; resolves to whether it is. */
export const waitUntil = async (holds: () => boolean, withinMs: number): Promise<boolean> => {
  const until = performance.now() + withinMs
  while (!holds() && performance.now() < until) await pause(POLL_MS)
  return holds()
}

/**
 * Ask every socket to reconnect to another node, slice by slice over `overMs`, so that the other nodes are not stormed.
 * Resolves when the last slice was asked.
 */
export const drainSockets = async (o: {
  sockets: () => Iterable<Pick<LiveSocket, 'requestReconnect'>>
  overMs: number
  random: () => number
}): Promise<void> => {
  const sockets = [...o.sockets()]
  const slices = Math.max(1, Math.floor(o.overMs / SLICE_MS))
  const spreadMs = Math.min(SPREAD_MS, sockets.length * SPREAD_PER_SOCKET_MS)
  const size = Math.max(MIN_SLICE, Math.ceil(sockets.length / slices))
  for (let at = 0; at < sockets.length; at += size) {
    if (at > 0) await pause(SLICE_MS)
    for (const live of sockets.slice(at, at + size)) live.requestReconnect(Math.floor(o.random() * spreadMs))
  }
}
