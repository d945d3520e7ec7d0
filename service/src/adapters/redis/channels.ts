import type { Redis } from 'ioredis'
import type { Watch } from './connection-watch.ts'

/** A channel nobody listens to is kept this long: who turns a page comes back. */
const RELEASE_MS = 2_000
const RETRY_MS = 250
/** Channels in one command. */
const MAX_BATCH = 500

/** The channels that one connection hears. */
export type Channels = {
  add(channel: string): void
  /** The same for one that was heard elsewhere until now: what is said until it is heard here is lost. */
  takeOver(channel: string): void
  /** Unsubscribes a while later, or now where the channel is another connection's from now on. */
  release(channel: string, when?: 'later' | 'now'): void
  /** Whether the connection works and all channels it ever heard are heard. */
  whole(): boolean
  /** Whether this one is heard. */
  heard(channel: string): boolean
  /** Subscribe all anew: the server may have dropped some. */
  renew(): void
  close(): void
}

type Entry = { state: 'wanted' | 'sent' | 'heard'; releaseAt: number | null }

/**
 * Keep a connection's subscriptions as wanted. The client's own way of subscribing again tells nobody when it is done or
 * that it failed, so this waits for the server's confirmation of every channel instead.
 */
export const createChannels = (o: {
  client: Redis
  watch: Watch
  /** On a cluster: channels that may not share a command have different groups. */
  shard: ((channel: string) => number) | null
  changed: () => void
}): Channels => {
  const { client } = o
  const entries = new Map<string, Entry>()
  /** Heard before, and not just now. */
  const lost = new Set<string>()
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
        // Not when it was lost, or released and added again, in the meantime.
        if (entry.state !== 'sent' || entries.get(channel) !== entry) continue
        entry.state = 'heard'
        lost.delete(channel)
      }
    } catch {
      for (const { channel, entry } of sent) {
        if (entry.state !== 'sent' || entries.get(channel) !== entry) continue
        entry.state = 'wanted'
        lost.add(channel)
      }
      flushLater(RETRY_MS)
    }
    o.changed()
  }

  const unsubscribe = (channels: string[]): void => {
    // What fails is dropped unheard when it comes, and forgotten with the connection.
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
        lost.delete(channel)
        if (entry.state !== 'wanted') released.push(channel)
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
    const wanted = [...entries].filter(([, entry]) => entry.state === 'wanted').map(([channel]) => channel)
    for (const batch of batches(wanted)) void subscribe(batch)
  }

  const renew = (): void => {
    for (const [channel, entry] of entries) {
      entry.state = 'wanted'
      lost.add(channel)
    }
    o.changed()
    flushLater(RETRY_MS)
  }

  client.on('ready', flushSoon)
  client.on('close', renew)

  const add = (channel: string): void => {
    const entry = entries.get(channel)
    if (entry !== undefined) entry.releaseAt = null
    else {
      entries.set(channel, { state: 'wanted', releaseAt: null })
      flushSoon()
    }
  }

  return {
    add,
    takeOver(channel) {
      add(channel)
      if (entries.get(channel)?.state !== 'heard') lost.add(channel)
    },
    release(channel, when = 'later') {
      const entry = entries.get(channel)
      if (entry === undefined) return
      const waitMs = when === 'now' ? 0 : RELEASE_MS
      entry.releaseAt = performance.now() + waitMs
      flushLater(waitMs)
    },
    whole: () => o.watch.up() && lost.size === 0,
    heard: (channel) => entries.get(channel)?.state === 'heard',
    renew,
    close() {
      closed = true
      clearTimeout(timer)
      clearImmediate(flushing)
      entries.clear()
      lost.clear()
    },
  }
}
