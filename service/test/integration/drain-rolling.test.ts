import { arrive, everything } from '@repartee/tools/cluster/arrive'
import { canStartCluster } from '@repartee/tools/cluster/missing-programs'
import { counter } from '@repartee/tools/cluster/node-counter'
import { type LocalCluster, startLocalCluster } from '@repartee/tools/cluster/start-cluster'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { registerSite } from '../../testing/people.ts'
import { connect } from '../../testing/wire-client.ts'

const READERS = 20
const WRITERS = 6
const PAUSE_MS = 40
const PAGE = '/rolling'

describe.runIf(canStartCluster())('rolling restart of all nodes under load', () => {
  let cluster: LocalCluster
  let site: string

  beforeAll(async () => {
    const env = { DRAIN_MS: '2000', LOG_LEVEL: 'warn', DEMO: 'off' }
    cluster = await startLocalCluster({ nodes: 2, plain: true, env })
    const [first] = cluster.nodes
    if (first !== undefined) site = await registerSite(first, { origins: ['self'] })
  })
  afterAll(async () => {
    await cluster?.stop()
  })

  test('clients recover every failed command, nothing is lost or duplicated, all resume soon', {
    timeout: 120_000,
  }, async () => {
    const people = await Promise.all(
      Array.from({ length: READERS }, (_, index) =>
        arrive({ baseUrl: cluster.url, site, page: PAGE, name: `Reader ${index}` }),
      ),
    )
    await vi.waitFor(() => expect(people.every(({ client }) => client.connectionState === 'live')).toBe(true), 10_000)
    const acked = new Map<string, string>()
    const failed: unknown[] = []
    let posting = true
    let slowestMs = 0
    const writers = people.slice(0, WRITERS).map(async (person, who) => {
      for (let number = 0; posting; number += 1) {
        const body = `comment ${number} of ${who}`
        const sentAt = performance.now()
        try {
          acked.set(await person.post(body), body)
        } catch (error) {
          failed.push(error)
        }
        slowestMs = Math.max(slowestMs, performance.now() - sentAt)
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    })

    const closed = 'repartee_socket_closes_total{code="1005"}'
    for (const node of cluster.nodes) {
      const before = acked.size
      await vi.waitFor(() => expect(acked.size).toBeGreaterThan(before + 50), { timeout: 20_000 })
      expect(await node.process.stop('SIGTERM')).toBe(0)
      await node.process.start()
      // nginx tries a failed node again after up to 2 s, so a rolling restart waits that long before the next node.
      await vi.waitFor(
        async () => {
          const visitor = await connect(`${cluster.url}/api/v1`)
          visitor.close()
          await visitor.closed
          expect(await counter(node, closed)).toBeGreaterThan(0)
        },
        { timeout: 20_000, interval: 100 },
      )
    }
    posting = false
    await Promise.all(writers)

    expect(failed).toEqual([])
    const [reader] = people
    if (reader === undefined) throw new Error('there are no readers')
    const last = await reader.post('the last word')
    acked.set(last, 'the last word')
    await vi.waitFor(() => expect(people.every(({ seen }) => seen.has(last))).toBe(true), { timeout: 20_000 })

    const stored = await everything(reader, PAGE)
    const ids = stored.map((comment) => comment.id)
    expect(ids.toSorted()).toEqual([...acked.keys()].toSorted())
    expect(new Set(stored.map((comment) => comment.html)).size).toBe(stored.length)
    for (const person of people) {
      const seen = [...person.seen.values()].toSorted((a, b) => a.createdSeq - b.createdSeq)
      expect(seen.map((comment) => comment.id)).toEqual(ids)
      expect(person.holes).toEqual([])
    }
    const cuts = people.flatMap(({ cutsMs }) => cutsMs).toSorted((a, b) => a - b)
    const p99 = cuts[Math.ceil(cuts.length * 0.99) - 1] ?? 0
    console.info(
      `rolling restart: ${acked.size} acknowledged, 0 failed, 0 lost, 0 doubled; ${cuts.length} moves, ` +
        `without a live connection for ${Math.round(cuts[cuts.length >> 1] ?? 0)} ms (median), ${Math.round(p99)} ms (p99); ` +
        `slowest command ${Math.round(slowestMs)} ms`,
    )
    expect(cuts.length).toBeGreaterThanOrEqual(READERS)
    expect(p99).toBeLessThanOrEqual(3_000)
    for (const person of people) person.close()
  })
})
