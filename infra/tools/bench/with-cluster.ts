import { registerSite } from '@repartee/service/testing/people'
import { missingPrograms } from '../cluster/missing-programs.ts'
import { type LocalCluster, startLocalCluster } from '../cluster/start-cluster.ts'
import type { Page } from './reader.ts'

/** A cluster of two nodes with a site, and the requests that a bench needs. */
export type BenchCluster = {
  readonly cluster: LocalCluster
  readonly site: string
  /** Open the page of a name; creates its thread on the first call. */
  page(name: string): Promise<Page>
  /** Post on one node; resolves when it is acknowledged. */
  post(node: number, page: Page, body: string): Promise<void>
}

/** Run a bench on its own cluster, and stop the cluster even if the bench fails. */
export const withCluster = async (work: (bench: BenchCluster) => Promise<void>): Promise<void> => {
  const missing = missingPrograms()
  if (missing !== null) throw new Error(missing)
  const env = { LOG_LEVEL: 'warn', DEMO: 'off' }
  const cluster = await startLocalCluster({ nodes: 2, plain: true, env })
  try {
    const [first] = cluster.nodes
    if (first === undefined) throw new Error('no node')
    const site = await registerSite(first, { name: 'Bench', origins: ['self'] })
    const api = (node: number): string => `${cluster.nodes[node]?.url}/api/v1/sites/${site}`
    const send = async <T>(url: string, body: unknown, token?: string): Promise<T> => {
      const headers = {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      }
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
      return (await response.json()) as T
    }
    const { token } = await send<{ token: string }>(`${api(0)}/readers/guest`, { name: 'Poster' })
    await work({
      cluster,
      site,
      page: async (name) => {
        const response = await fetch(`${api(0)}/thread?page=${encodeURIComponent(name)}`)
        return ((await response.json()) as { thread: Page }).thread
      },
      post: async (node, page, body) => {
        await send(`${api(node)}/threads/${page.id}/comments`, { key: crypto.randomUUID(), body }, token)
      },
    })
  } finally {
    await cluster.stop()
  }
}

/** The smallest value that at least this share of the values does not exceed; NaN if there are none. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN

/** Run `work` for every item, `size` items at a time; results are in the order of the items. */
export const inGroups = async <T, R>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = []
  for (let at = 0; at < items.length; at += size)
    results.push(...(await Promise.all(items.slice(at, at + size).map(work))))
  return results
}
