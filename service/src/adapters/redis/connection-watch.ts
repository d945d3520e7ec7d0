import type { Clock } from '../../core/ports/clock.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import { within } from './answer-timeout.ts'
import { ANSWER_MS } from './connect.ts'

/** With the limit of a command: a second at most until a silent server is noticed. */
const EVERY_MS = 500
/** A connection that is open but silent this often in a row is given up. */
const MAX_MISSES = 4

/** Whether a connection works, known from asking it. */
export type Watch = {
  up(): boolean
  /** Something went unanswered: down until the next ping is answered. */
  suspect(): void
  close(): void
}

type Connection = { readonly status: string; on(event: 'ready' | 'close' | 'end', listener: () => void): unknown }

/**
 * Watch a connection. Being open is not enough: a frozen server, or a cable that was pulled, leaves it open for minutes,
 * so it is pinged all the time.
 */
export const createWatch = (o: {
  name: string
  client: Connection
  ping: () => Promise<unknown>
  /** Give the connection up for a new one; called again as long as it does not work. */
  restart: () => void
  changed: () => void
  metrics: Metrics
  now: Clock
}): Watch => {
  let up = false
  let misses = 0
  let pinging = false
  let closed = false

  const set = (value: boolean): void => {
    if (up === value || closed) return
    up = value
    o.changed()
  }

  const ping = async (): Promise<void> => {
    if (pinging || closed) return
    pinging = true
    const startedAt = o.now()
    try {
      await within(ANSWER_MS, o.ping())
      o.metrics.observe('redis_ping_ms', o.now() - startedAt, { connection: o.name })
      misses = 0
      set(true)
    } catch {
      misses += 1
      set(false)
      if (!closed && (misses % MAX_MISSES === 0 || o.client.status === 'end')) o.restart()
    } finally {
      pinging = false
    }
  }

  o.client.on('ready', () => void ping())
  o.client.on('close', () => set(false))
  o.client.on('end', () => set(false))
  const timer = setInterval(() => void ping(), EVERY_MS)
  timer.unref()

  return {
    up: () => up,
    suspect: () => set(false),
    close() {
      closed = true
      up = false
      clearInterval(timer)
    },
  }
}
