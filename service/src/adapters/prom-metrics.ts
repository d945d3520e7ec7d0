import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CounterName, GaugeName, HistogramName, Metrics } from '../core/ports/metrics.ts'

const counters: Record<CounterName, { help: string; labels: string[] }> = {
  commands: { help: 'Commands answered, by outcome: ok or an error code', labels: ['type', 'outcome'] },
  http_requests: { help: 'HTTP requests answered', labels: ['route', 'status'] },
  moderation_verdicts: { help: 'Verdicts of the moderation pipeline', labels: ['phase', 'verdict'] },
  rate_limited: { help: 'Requests refused by a rate limit', labels: ['rule'] },
  deltas_published: { help: 'Deltas published to this node’s sockets and the bus', labels: [] },
  deliveries: { help: 'Frames handed to WebSockets of this node', labels: [] },
  delta_gaps: { help: 'Deltas from the bus that did not follow the known head', labels: [] },
  reloads: { help: 'Subscriptions told to fetch a new snapshot', labels: [] },
  sweeps: { help: 'Head sweeps of active threads, by whether they found a missed change', labels: ['found'] },
  recoveries: { help: 'Subscriptions brought up to date, by where the changes came from', labels: ['source'] },
  thread_reads: { help: 'Reads of a thread from the database for its subscribers', labels: ['what'] },
  page_cache: { help: 'Pages read, by whether they were cached', labels: ['result'] },
  socket_closes: { help: 'WebSockets closed, by close code', labels: ['code'] },
  db_retries: { help: 'Statements retried, by cause: SQLSTATE or a word', labels: ['cause'] },
  db_breaker: {
    help: 'Database hosts put out of use (opened, draining) or back in use (closed)',
    labels: ['host', 'change'],
  },
  bus_messages: { help: 'Messages between nodes, by outcome: sent, unsent or heard', labels: ['outcome'] },
  site_beacons: {
    help: 'Origins from which browsers asked for comments, by whether they could be stored: stored or dropped',
    labels: ['outcome'],
  },
  installation_checks: {
    help: 'Repeated checks of host pages, by what was found: ok, a problem, forgotten or failed',
    labels: ['outcome'],
  },
  outbound_requests: {
    help: 'Requests to servers of others, by what for and how they ended: ok or why there was no answer',
    labels: ['for', 'outcome'],
  },
  trace_spans: { help: 'Spans given to the exporter, by outcome: sent or failed', labels: ['outcome'] },
  mail_sent: { help: 'Attempts to send mail, by outcome: sent, deferred or given_up', labels: ['outcome'] },
  redis_fallbacks: { help: 'Answers from this node’s memory while Redis was unavailable', labels: ['for'] },
}

/** Milliseconds: from a cached read to the deadline of a command. */
const MS_BUCKETS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000]

/** What a reader waits for; 2,500 and 4,000 are the limits of a good and a fair Largest Contentful Paint. */
const VISIT_MS = [20, 50, 100, 200, 350, 500, 750, 1_000, 1_500, 2_500, 4_000, 6_000, 10_000, 30_000, 60_000]
/** 200 and 500 are the limits of a good and a fair Interaction to Next Paint. */
const INP_MS = [8, 16, 40, 80, 120, 200, 300, 500, 1_000, 2_000, 5_000]
/** 0.1 and 0.25 are the limits of a good and a fair Cumulative Layout Shift. */
const CLS = [0, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1]

const histograms: Record<HistogramName, { help: string; labels: string[]; buckets: number[] }> = {
  command_ms: { help: 'Time from a command’s arrival to its response', labels: ['type'], buckets: MS_BUCKETS },
  commit_ms: { help: 'Time of one statement that changes a thread', labels: ['kind'], buckets: MS_BUCKETS },
  group_size: { help: 'Comments stored by one statement', labels: [], buckets: [1, 2, 5, 10, 20, 50] },
  delta_lag_ms: {
    help: 'Time from publishing a delta, on this node or heard on the bus, to handing it to this node’s sockets',
    labels: ['from'],
    buckets: MS_BUCKETS,
  },
  redis_ping_ms: { help: 'Time of one round trip to Redis', labels: ['connection'], buckets: MS_BUCKETS },
  db_checkout_ms: { help: 'Time a statement waited for a connection', labels: ['host'], buckets: MS_BUCKETS },
  widget_lcp_ms: {
    help: 'Largest Contentful Paint of host pages, as browsers report it',
    labels: [],
    buckets: VISIT_MS,
  },
  widget_inp_ms: {
    help: 'Interaction to Next Paint of host pages, as browsers report it',
    labels: [],
    buckets: INP_MS,
  },
  widget_cls: { help: 'Cumulative Layout Shift of host pages, as browsers report it', labels: [], buckets: CLS },
  widget_thread_ms: {
    help: 'Time from a reader approaching the comments to their being drawn, as browsers report it',
    labels: [],
    buckets: VISIT_MS,
  },
  widget_post_ms: {
    help: 'Time from Send to the acknowledgement, as browsers report it',
    labels: [],
    buckets: VISIT_MS,
  },
  http_request_ms: { help: 'Time of one HTTP request', labels: ['route'], buckets: MS_BUCKETS },
}

/** These have no value until they are first set: a part that is not in use is not down. */
const SILENT_UNTIL_SET: readonly GaugeName[] = [
  'redis_up',
  'db_up',
  'moderation_queue',
  'moderation_queue_sites',
  'moderation_queue_age_seconds',
  'clock_offset_seconds',
  'mail_up',
  'mail_waiting',
  'mail_given_up',
  'mail_oldest_age_seconds',
]

/** Gauges with labels. */
const gaugeLabels: Partial<Record<GaugeName, string[]>> = { db_connections: ['host', 'state'], db_host_up: ['host'] }

const gauges: Record<GaugeName, string> = {
  redis_up: 'Whether every connection to Redis works: 1 or 0',
  clock_offset_seconds: 'Database time minus this machine’s time',
  moderation_queue: 'Comments of all sites that wait for a moderator; at most 1,000 of a site are counted',
  moderation_queue_sites: 'Sites with comments that wait for a moderator',
  moderation_queue_age_seconds: 'Age of the comment that has waited longest for a moderator',
  mail_up: 'Whether the mail server took the last mail that it could have taken: 1 or 0',
  mail_waiting: 'Mail that waits to be sent; at most 10,000 are counted',
  mail_given_up: 'Mail that was given up and can be tried again; at most 10,000 are counted',
  mail_oldest_age_seconds: 'Age of the mail that has waited longest',
  sockets: 'Open WebSockets',
  active_threads: 'Threads with subscribers on this node',
  long_polls: 'Waiting long-polls',
  db_up: 'Whether the database answers: 1 or 0',
  db_queue: 'Statements waiting for the database',
  db_connections: 'Database connections by host and state: active, idle, waiting',
  db_host_up: 'Whether a database host is in use: 1 or 0',
}

const mapValues = <K extends string, V, R>(table: Record<K, V>, make: (name: K, value: V) => R): Record<K, R> =>
  Object.fromEntries((Object.entries(table) as [K, V][]).map(([name, value]) => [name, make(name, value)])) as Record<
    K,
    R
  >

/** Create every metric of a node in a registry of its own. Names start with `repartee_`. */
export const createMetrics = (): { metrics: Metrics; text: () => Promise<string>; contentType: string } => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const counter = mapValues(
    counters,
    (name, { help, labels }) => new Counter({ name: `repartee_${name}_total`, help, labelNames: labels, registers }),
  )
  const histogram = mapValues(
    histograms,
    (name, { help, labels, buckets }) =>
      new Histogram({ name: `repartee_${name}`, help, labelNames: labels, buckets, registers }),
  )
  const gauge = mapValues(
    gauges,
    (name, help) => new Gauge({ name: `repartee_${name}`, help, labelNames: gaugeLabels[name] ?? [], registers }),
  )
  for (const name of SILENT_UNTIL_SET) gauge[name].remove()
  return {
    metrics: {
      count: (name, labels, by = 1) => counter[name].inc(labels ?? {}, by),
      observe: (name, value, labels) => histogram[name].observe(labels ?? {}, value),
      gauge: (name, value, labels) => gauge[name].set(labels ?? {}, value),
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
