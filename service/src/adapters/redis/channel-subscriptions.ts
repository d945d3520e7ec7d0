import type { Cluster, Redis } from 'ioredis'
import type { Clock } from '../../core/ports/clock.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import { type Channels, createChannels } from './channels.ts'
import { connectClusterNode, connectServer, reconnect } from './connect.ts'
import { createWatch, type Watch } from './connection-watch.ts'
import type { RedisTarget } from './redis-url.ts'
import { partitionOf, partitionSlots, slotOfPartition } from './slot.ts'

/** Which topics this node hears. */
export type Subscriptions = {
  add(topic: string): void
  release(topic: string): void
  /** Whether everything that should be heard is, new topics apart. */
  whole(): boolean
  heard(topic: string): boolean
  close(): void
}

/** The channel of a topic; on a cluster its tag says which node has it. */
export const channelOf = (topic: string, sharded: boolean): string =>
  sharded ? `repartee:{p${partitionOf(topic)}}:${topic}` : `repartee:${topic}`

const topicOf = (channel: string, sharded: boolean): string =>
  sharded ? channel.slice(channel.indexOf('}:') + 2) : channel.slice('repartee:'.length)

type Common = {
  target: RedisTarget
  heard: (topic: string, message: string) => void
  changed: () => void
  metrics: Metrics
  now: Clock
}

type Link = { readonly client: Redis; readonly watch: Watch; readonly channels: Channels }

const createLink = (o: Common & { client: Redis; sharded: boolean; lost?: () => void }): Link => {
  const { client, sharded } = o
  const watch = createWatch({
    ...o,
    name: 'subscriber',
    ping: () => client.ping(),
    restart() {
      reconnect(client)
      o.lost?.()
    },
  })
  const channels = createChannels({
    client,
    watch,
    changed: o.changed,
    shard: sharded ? (channel) => partitionOf(topicOf(channel, true)) : null,
  })
  client.on(sharded ? 'smessage' : 'message', (channel: string, message: string) =>
    o.heard(topicOf(channel, sharded), message),
  )
  // Its failures show as closed connections and unanswered pings.
  client.on('error', () => undefined)
  return { client, watch, channels }
}

const closeLink = ({ client, watch, channels }: Link): void => {
  watch.close()
  channels.close()
  client.disconnect()
}

/** Hear topics from one server. */
export const createServerSubscriptions = (
  o: Common & { target: Exclude<RedisTarget, { kind: 'cluster' }> },
): Subscriptions => {
  const link = createLink({ ...o, client: connectServer(o.target, { enableAutoPipelining: false }), sharded: false })
  return {
    add: (topic) => link.channels.add(channelOf(topic, false)),
    release: (topic) => link.channels.release(channelOf(topic, false)),
    whole: link.channels.whole,
    heard: (topic) => link.channels.heard(channelOf(topic, false)),
    close: () => closeLink(link),
  }
}

/**
 * Hear topics from a cluster by sharded Pub/Sub: a message stays within the node that has its partition, where the
 * classic one sends every message to every node. One connection for each node that has a partition, made before anybody
 * listens: the first listener would otherwise be told that messages are being lost while it is made.
 */
export const createClusterSubscriptions = (o: Common & { cluster: Cluster }): Subscriptions => {
  const { cluster } = o
  const links = new Map<string, Link>()
  /** Topics wanted, and the node each is heard from; `null` while that is unknown. */
  const topics = new Map<string, string | null>()
  let closed = false

  const ownerOf = (topic: string): string | null => cluster.slots[slotOfPartition(partitionOf(topic))]?.[0] ?? null

  const linkTo = (node: string): Link => {
    const known = links.get(node)
    if (known !== undefined) return known
    const end = node.lastIndexOf(':')
    const client = connectClusterNode(o.target, node.slice(0, end), Number(node.slice(end + 1)))
    const link = createLink({ ...o, client, sharded: true, lost: () => cluster.refreshSlotsCache(() => undefined) })
    // A partition went to another node, and its subscriptions did not go with it.
    client.on('moved', () => {
      link.channels.renew()
      cluster.refreshSlotsCache(() => undefined)
    })
    links.set(node, link)
    return link
  }

  const place = (topic: string): void => {
    const from = topics.get(topic) ?? null
    const to = ownerOf(topic)
    if (from === to) return
    if (from !== null) links.get(from)?.channels.release(channelOf(topic, true), 'now')
    topics.set(topic, to)
    if (to === null) return
    const { channels } = linkTo(to)
    if (from === null) channels.add(channelOf(topic, true))
    else channels.takeOver(channelOf(topic, true))
  }

  const refresh = (): void => {
    if (closed) return
    const owners = new Set(partitionSlots().flatMap((slot) => cluster.slots[slot]?.[0] ?? []))
    for (const node of owners) linkTo(node)
    for (const topic of topics.keys()) place(topic)
    for (const [node, link] of links) {
      if (owners.has(node)) continue
      links.delete(node)
      closeLink(link)
    }
    o.changed()
  }
  cluster.on('refresh', refresh)

  return {
    add(topic) {
      topics.set(topic, topics.get(topic) ?? null)
      place(topic)
      const node = topics.get(topic) ?? null
      // Also takes back a release.
      if (node !== null) links.get(node)?.channels.add(channelOf(topic, true))
    },
    release(topic) {
      const node = topics.get(topic) ?? null
      topics.delete(topic)
      if (node !== null) links.get(node)?.channels.release(channelOf(topic, true))
    },
    whole: () =>
      [...topics.values()].every((node) => node !== null) && [...links.values()].every((link) => link.channels.whole()),
    heard(topic) {
      const node = topics.get(topic) ?? null
      return node !== null && links.get(node)?.channels.heard(channelOf(topic, true)) === true
    },
    close() {
      closed = true
      cluster.off('refresh', refresh)
      for (const link of links.values()) closeLink(link)
      links.clear()
    },
  }
}
