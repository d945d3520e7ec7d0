import type { Clock } from '../../core/ports/clock.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import { withTimeout } from './answer-timeout.ts'
import { ANSWER_MS } from './connect.ts'

/** Together with the timeout of a ping: a silent server is noticed within a second. */
const INTERVAL_MS = 500
/** After this many unanswered pings in a row the connection is replaced. */
const MAX_FAILURES = 4

/** Whether a connection works, as its pings show. */
export type HealthCheck = {
  up(): boolean
  /** A command was not answered: the connection counts as down until the next ping is answered. */
  markDown(): void
  close(): void
}

type Connection = { readonly status: string; on(event: 'ready' | 'close' | 'end', listener: () => void): unknown }

/**
 * Ping a connection regularly. That it is open says little: with a frozen server or a pulled cable it stays open for
 * minutes.
 */
export const startHealthCheck = (o: {
  name: string
  client: Connection
  ping: () => Promise<unknown>
  /** Replace the connection; called again as long as it does not work. */
  restart: () => void
  onChange: () => void
  metrics: Metrics
  now: Clock
}): HealthCheck => {
  let up = false
  let failures = 0
  let pinging = false
  let closed = false

  const set = (value: boolean): void => {
    if (up === value || closed) return
    up = value
    o.onChange()
  }

  const ping = async (): Promise<void> => {
    if (pinging || closed) return
    pinging = true
    const startedAt = o.now()
    try {
      await withTimeout(ANSWER_MS, o.ping())
      o.metrics.observe('redis_ping_ms', o.now() - startedAt, { connection: o.name })
      failures = 0
      set(true)
    } catch {
      failures += 1
      set(false)
      if (!closed && (failures % MAX_FAILURES === 0 || o.client.status === 'end')) o.restart()
    } finally {
      pinging = false
    }
  }

  o.client.on('ready', () => void ping())
  o.client.on('close', () => set(false))
  o.client.on('end', () => set(false))
  const timer = setInterval(() => void ping(), INTERVAL_MS)
  timer.unref()

  return {
    up: () => up,
    markDown: () => set(false),
    close() {
      closed = true
      up = false
      clearInterval(timer)
    },
  }
}
