/** Every metric by name. Labels have few values and never ids. The help texts are in adapters/prom-metrics.ts. */
export type CounterName =
  | 'commands' // type, outcome
  | 'http_requests' // route, status
  | 'moderation_verdicts' // phase, verdict
  | 'rate_limited' // rule
  | 'deltas_published'
  | 'deliveries'
  | 'delta_gaps'
  | 'reloads'
  | 'sweeps' // found
  | 'recoveries' // source: ring, store
  | 'thread_reads' // what: state, changes
  | 'page_cache' // result: hit, miss
  | 'socket_closes' // code
  | 'db_retries' // cause: SQLSTATE or a word, see postgres/retry/failure-table.ts
  | 'db_breaker' // host, change: opened, draining, closed
  | 'bus_messages' // outcome: sent, unsent, heard
  | 'redis_fallbacks' // for: rate_limits, presence
  | 'trace_spans' // outcome: sent, failed
  | 'site_beacons' // outcome: stored, dropped
  | 'installation_checks' // outcome: ok, a problem's kind, forgotten, failed
  | 'outbound_requests' // for; outcome: ok, or an OutboundFailure
  | 'mail_sent' // outcome: sent, deferred, given_up

export type HistogramName =
  | 'command_ms' // type
  | 'commit_ms' // kind
  | 'group_size'
  | 'delta_lag_ms' // from: here, bus
  | 'http_request_ms' // route
  | 'db_checkout_ms' // host
  | 'redis_ping_ms' // connection
  | 'widget_lcp_ms'
  | 'widget_inp_ms'
  | 'widget_cls'
  | 'widget_thread_ms'
  | 'widget_post_ms'

export type GaugeName =
  | 'sockets'
  | 'active_threads'
  | 'long_polls'
  | 'db_up'
  | 'db_queue'
  | 'db_connections' /* host, state */
  | 'db_host_up' /* host */
  | 'redis_up'
  | 'moderation_queue'
  | 'moderation_queue_sites'
  | 'moderation_queue_age_seconds'
  | 'clock_offset_seconds'
  | 'mail_up'
  | 'mail_waiting'
  | 'mail_given_up'
  | 'mail_oldest_age_seconds'

export type Metrics = {
  count(name: CounterName, labels?: Record<string, string>, by?: number): void
  observe(name: HistogramName, value: number, labels?: Record<string, string>): void
  gauge(name: GaugeName, value: number, labels?: Record<string, string>): void
}
