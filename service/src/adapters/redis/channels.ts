import type { Redis } from 'ioredis'
import type { HealthCheck } from './redis-health-check.ts'

/** A channel stays subscribed this long without listeners: readers who change pages come back. */
const RELEASE_MS = 2_000
const RETRY_MS = 250
/** Channels in one command. */
const MAX_BATCH = 500

/** The channels that one connection is subscribed to. */
export type Channels = {
  add(channel: string): void
  /** Add a channel that another connection was subscribed to: messages are lost until this one is subscribed. */
  takeOver(channel: string): void
  /** Unsubscribe a while later, or now when another connection takes the channel over. */
  release(channel: string, when?: 'later' | 'now'): void
  /** Whether the connection works and no subscription is interrupted. */
  complete(): boolean
  isSubscribed(channel: string): boolean
  /** Subscribe to all channels again: the server may have dropped some. */
  resubscribe(): void
  close(): void
}

type Entry = { state: 'pending' | 'sent' | 'subscribed'; releaseAt: number | null }

/**
 * Keep a connection subscribed to the wanted channels. The client's own resubscribing reports neither success nor failure,
 * so this waits for the server's confirmation of every channel instead.
 */
export const createChannels = (o: {
  client: Redis
  health: HealthCheck
  /** On a cluster: the group of a channel; channels of different groups may not be in one command. */
  shard: ((channel: string) => number) | null
  onChange: () => void
}): Channels => {
  const { client } = o
  const entries = new Map<string, Entry>()
  /** Channels that were subscribed before and currently are not. */
  const interrupted = new Set<string>()
  let flushing: NodeJS.Immediate | undefined
  let timer: NodeJS.Timeout | undefined
  let timerAt = Number.POSITIVE_INFINITY
  let closed = false

  const flushSoon = (): void => {
    if (!closed) flushing ??= setImmediate(flush)
  }
  const flushLater = (ms: number): void => {
    const at = performance.now() + ms
    if (closed || timerAt <= at) return
    clearTimeout(timer)
    timerAt = at
    timer = setTimeout(() => {
      timerAt = Number.POSITIVE_INFINITY
      flushSoon()
    }, ms)
    timer.unref()
  }

  const batches = (channels: readonly string[]): string[][] => {
    const groups = new Map<number, string[][]>()
    for (const channel of channels) {
      const shard = o.shard?.(channel) ?? 0
      const group = groups.get(shard) ?? [[]]
      groups.set(shard, group)
      const last = group[group.length - 1]
      if (last !== undefined && last.length < MAX_BATCH) last.push(channel)
      else group.push([channel])
    }
    return [...groups.values()].flat()
  }

  const subscribe = async (channels: readonly string[]): Promise<void> => {
    const sent = channels.flatMap((channel) => {
      const entry = entries.get(channel)
      return entry === undefined ? [] : [{ channel, entry }]
    })
    for (const { entry } of sent) entry.state = 'sent'
    try {
      await (o.shard === null ? client.subscribe(...channels) : client.ssubscribe(...channels))
      for (const { channel, entry } of sent) {
        // Not when it was interrupted, or released and added again, in the meantime.
        if (entry.state !== 'sent' || entries.get(channel) !== entry) continue
        entry.state = 'subscribed'
        interrupted.delete(channel)
      }
    } catch {
      for (const { channel, entry } of sent) {
        if (entry.state !== 'sent' || entries.get(channel) !== entry) continue
        entry.state = 'pending'
        interrupted.add(channel)
      }
      flushLater(RETRY_MS)
    }
    o.onChange()
  }

  const unsubscribe = (channels: string[]): void => {
    // After a failure messages still arrive, without listeners, until the connection ends.
    const done = o.shard === null ? client.unsubscribe(...channels) : client.sunsubscribe(...channels)
    done.catch(() => undefined)
  }

  const takeReleased = (): string[] => {
    const nowAt = performance.now()
    const released: string[] = []
    for (const [channel, entry] of entries) {
      if (entry.releaseAt === null) continue
      if (entry.releaseAt > nowAt) flushLater(RELEASE_MS)
      else {
        entries.delete(channel)
        interrupted.delete(channel)
        if (entry.state !== 'pending') released.push(channel)
      }
    }
    return released
  }

  const flush = (): void => {
    flushing = undefined
    if (closed) return
    const released = takeReleased()
    if (client.status !== 'ready') return
    for (const batch of batches(released)) unsubscribe(batch)
    const pending = [...entries].filter(([, entry]) => entry.state === 'pending').map(([channel]) => channel)
    for (const batch of batches(pending)) void subscribe(batch)
  }

  const resubscribe = (): void => {
    for (const [channel, entry] of entries) {
      entry.state = 'pending'
      interrupted.add(channel)
    }
    o.onChange()
    flushLater(RETRY_MS)
  }

  client.on('ready', flushSoon)
  client.on('close', resubscribe)

  const add = (channel: string): void => {
    const entry = entries.get(channel)
    if (entry !== undefined) entry.releaseAt = null
    else {
      entries.set(channel, { state: 'pending', releaseAt: null })
      flushSoon()
    }
  }

  return {
    add,
    takeOver(channel) {
      add(channel)
      if (entries.get(channel)?.state !== 'subscribed') interrupted.add(channel)
    },
    release(channel, when = 'later') {
      const entry = entries.get(channel)
      if (entry === undefined) return
      const waitMs = when === 'now' ? 0 : RELEASE_MS
      entry.releaseAt = performance.now() + waitMs
      flushLater(waitMs)
    },
    complete: () => o.health.up() && interrupted.size === 0,
    isSubscribed: (channel) => entries.get(channel)?.state === 'subscribed',
    resubscribe,
    close() {
      closed = true
      clearTimeout(timer)
      clearImmediate(flushing)
      entries.clear()
      interrupted.clear()
    },
  }
}
