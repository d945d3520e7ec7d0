import type { BuiltNode } from '../servers/built-node.ts'
import { findProgram } from '../servers/find-program.ts'
import { NGINX_EXPORTER, REDIS_EXPORTER, startNginxExporter, startRedisExporter } from '../servers/start-exporter.ts'
import type { NginxServer } from '../servers/start-nginx.ts'
import { startPrometheus } from '../servers/start-prometheus.ts'
import type { RedisServer } from '../servers/start-redis.ts'

/**
 * Start Prometheus on the nodes and, where their exporters are installed, on Redis and nginx. Resolves with its URL, or
 * with `null` where Prometheus is not installed.
 */
export const watchCluster = async (o: {
  readonly nodes: readonly BuiltNode[]
  readonly redis: RedisServer
  readonly nginx: NginxServer
  /** Folder of a part, by name. */
  readonly at: (name: string) => string
  /** Stops the server at the end. */
  readonly keep: <T extends { stop(): Promise<unknown> }>(starting: Promise<T>) => Promise<T>
}): Promise<string | null> => {
  if (findProgram('prometheus') === null) return null
  const ofRedis = { folder: o.at('redis-exporter'), url: o.redis.url }
  const ofNginx = { folder: o.at('nginx-exporter'), statusUrl: o.nginx.statusUrl }
  const redis = findProgram(REDIS_EXPORTER) === null ? [] : [await o.keep(startRedisExporter(ofRedis))]
  const nginx = findProgram(NGINX_EXPORTER) === null ? [] : [await o.keep(startNginxExporter(ofNginx))]
  const targets = {
    nodes: o.nodes.map((node) => new URL(node.metricsUrl).host),
    redis: redis.map(({ address }) => address),
    nginx: nginx.map(({ address }) => address),
  }
  return (await o.keep(startPrometheus({ folder: o.at('prometheus'), targets }))).url
}
