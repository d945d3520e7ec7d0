import type { Cluster, Redis } from 'ioredis'
import type { Clock } from '../../core/ports/clock.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import { type Channels, createChannels } from './channels.ts'
import { connectClusterNode, connectServer, reconnect } from './connect.ts'
import { type HealthCheck, startHealthCheck } from './redis-health-check.ts'
import type { RedisTarget } from './redis-url.ts'
import { partitionOf, partitionSlots, slotOfPartition } from './slot.ts'

/** The topics that this node is subscribed to. */
export type ChannelSubscriptions = {
  add(topic: string): void
  release(topic: string): void
  /** Whether no subscription is interrupted; new topics do not count until they are subscribed. */
  complete(): boolean
  isSubscribed(topic: string): boolean
  close(): void
}

/** The channel of a topic; on a cluster its hash tag determines the node. */
export const channelOf = (topic: string, sharded: boolean): string =>
  sharded ? `repartee:{p${partitionOf(topic)}}:${topic}` : `repartee:${topic}`

const topicOf = (channel: string, sharded: boolean): string =>
  sharded ? channel.slice(channel.indexOf('}:') + 2) : channel.slice('repartee:'.length)

type Common = {
  target: RedisTarget
  onMessage: (topic: string, message: string) => void
  onChange: () => void
  metrics: Metrics
  now: Clock
}

type Link = { readonly client: Redis; readonly health: HealthCheck; readonly channels: Channels }

const createLink = (o: Common & { client: Redis; sharded: boolean; onRestart?: () => void }): Link => {
  const { client, sharded } = o
  const health = startHealthCheck({
    ...o,
    name: 'subscriber',
    ping: () => client.ping(),
    restart() {
      reconnect(client)
      o.onRestart?.()
    },
  })
  const channels = createChannels({
    client,
    health,
    onChange: o.onChange,
    shard: sharded ? (channel) => partitionOf(topicOf(channel, true)) : null,
  })
  client.on(sharded ? 'smessage' : 'message', (channel: string, message: string) =>
    o.onMessage(topicOf(channel, sharded), message),
  )
  // Errors show as closed connections and unanswered pings.
  client.on('error', () => undefined)
  return { client, health, channels }
}

const closeLink = ({ client, health, channels }: Link): void => {
  health.close()
  channels.close()
  client.disconnect()
}

/** Subscribe to topics of one server. */
export const createServerSubscriptions = (
  o: Common & { target: Exclude<RedisTarget, { kind: 'cluster' }> },
): ChannelSubscriptions => {
  const link = createLink({ ...o, client: connectServer(o.target, { enableAutoPipelining: false }), sharded: false })
  return {
    add: (topic) => link.channels.add(channelOf(topic, false)),
    release: (topic) => link.channels.release(channelOf(topic, false)),
    complete: link.channels.complete,
    isSubscribed: (topic) => link.channels.isSubscribed(channelOf(topic, false)),
    close: () => closeLink(link),
  }
}

/**
 * Subscribe to topics of a cluster by sharded Pub/Sub: a message stays on the node of its partition, where classic Pub/Sub
 * sends every message to every node. There is one connection to each node that has a partition. They are made before the
 * first subscription, which would otherwise be reported as interrupted until its connection is made.
 */
export const createClusterSubscriptions = (o: Common & { cluster: Cluster }): ChannelSubscriptions => {
  const { cluster } = o
  const links = new Map<string, Link>()
  /** The wanted topics and the node of each; `null` while it is unknown. */
  const topics = new Map<string, string | null>()
  let closed = false

  const ownerOf = (topic: string): string | null => cluster.slots[slotOfPartition(partitionOf(topic))]?.[0] ?? null

  const linkTo = (node: string): Link => {
    const existing = links.get(node)
    if (existing !== undefined) return existing
    const end = node.lastIndexOf(':')
    const client = connectClusterNode(o.target, node.slice(0, end), Number(node.slice(end + 1)))
    const refreshSlots = (): void => cluster.refreshSlotsCache(() => undefined)
    const link = createLink({ ...o, client, sharded: true, onRestart: refreshSlots })
    // A partition moved to another node, and its subscriptions did not.
    client.on('moved', () => {
      link.channels.resubscribe()
      refreshSlots()
    })
    links.set(node, link)
    return link
  }

  /** Subscribe to a topic on the node that owns it now. */
  const assign = (topic: string): void => {
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

  const onRefresh = (): void => {
    if (closed) return
    const owners = new Set(partitionSlots().flatMap((slot) => cluster.slots[slot]?.[0] ?? []))
    for (const node of owners) linkTo(node)
    for (const topic of topics.keys()) assign(topic)
    for (const [node, link] of links) {
      if (owners.has(node)) continue
      links.delete(node)
      closeLink(link)
    }
    o.onChange()
  }
  cluster.on('refresh', onRefresh)

  return {
    add(topic) {
      topics.set(topic, topics.get(topic) ?? null)
      assign(topic)
      const node = topics.get(topic) ?? null
      // Also cancels a release.
      if (node !== null) links.get(node)?.channels.add(channelOf(topic, true))
    },
    release(topic) {
      const node = topics.get(topic) ?? null
      topics.delete(topic)
      if (node !== null) links.get(node)?.channels.release(channelOf(topic, true))
    },
    complete: () =>
      [...topics.values()].every((node) => node !== null) &&
      [...links.values()].every((link) => link.channels.complete()),
    isSubscribed(topic) {
      const node = topics.get(topic) ?? null
      return node !== null && links.get(node)?.channels.isSubscribed(channelOf(topic, true)) === true
    },
    close() {
      closed = true
      cluster.off('refresh', onRefresh)
      for (const link of links.values()) closeLink(link)
      links.clear()
    },
  }
}
