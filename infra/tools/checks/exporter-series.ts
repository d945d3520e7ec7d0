import { join } from 'node:path'
import { makeServerFolder } from '../servers/server-folder.ts'
import { startNginxExporter, startRedisExporter } from '../servers/start-exporter.ts'
import { startNginx } from '../servers/start-nginx.ts'
import { startRedis } from '../servers/start-redis.ts'

/** Labels of every series, by its name. */
export type SeriesLabels = ReadonlyMap<string, ReadonlySet<string>>

/** The series in a page of metrics. */
export const readSeries = (text: string): SeriesLabels => {
  const series = new Map<string, Set<string>>()
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-zA-Z_]\w*)(?:\{(.*)\})? \S+$/gm)) {
    const known = series.get(name) ?? new Set<string>()
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
    series.set(name, known)
  }
  return series
}

const seriesAt = async (url: string): Promise<SeriesLabels> => readSeries(await (await fetch(url)).text())

/** What the Redis exporter offers for a running Redis that has executed some commands. */
export const redisSeries = async (): Promise<SeriesLabels> => {
  const folder = makeServerFolder('redis-exporter')
  const redis = await startRedis()
  try {
    const exporter = await startRedisExporter({ folder: join(folder.path, 'exporter'), url: redis.url })
    await redis.ask('SET key value EX 100')
    const series = await seriesAt(exporter.metricsUrl)
    await exporter.stop()
    return series
  } finally {
    await redis.stop()
    folder.remove()
  }
}

/** What the nginx exporter offers for a running nginx. */
export const nginxSeries = async (): Promise<SeriesLabels> => {
  const folder = makeServerFolder('nginx-exporter')
  const nginx = await startNginx({ upstreams: ['127.0.0.1:9'], tls: null })
  try {
    const { statusUrl } = nginx
    const exporter = await startNginxExporter({ folder: join(folder.path, 'exporter'), statusUrl })
    const series = await seriesAt(exporter.metricsUrl)
    await exporter.stop()
    return series
  } finally {
    await nginx.stop()
    folder.remove()
  }
}
