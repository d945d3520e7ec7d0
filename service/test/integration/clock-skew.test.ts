import { existsSync } from 'node:fs'
import { newId, type ReaderSession, type Snapshot } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ClusterNode } from '../../../infra/cluster/node.ts'
import { type LocalCluster, startLocalCluster } from '../../../infra/cluster/start.ts'
import { call } from '../wire-client.ts'
import { arrive, clusterPrograms, everything, type Person, registerOn } from './local-cluster.ts'

/** Debian's package faketime. */
const LIBRARY = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`
const HOUR_MS = 3_600_000
const PAGE = '/clocks'

const possible = clusterPrograms !== null && existsSync(LIBRARY)
if (!possible) console.warn('nodes with wrong clocks are not tested: apt-get install faketime')

/** Two nodes on one database, the second with a wrong clock. */
const startTwo = async (offset: string): Promise<LocalCluster> => {
  if (clusterPrograms === null) throw new Error('no cluster here')
  const wrong = { LD_PRELOAD: LIBRARY, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
  return startLocalCluster({
    programs: clusterPrograms,
    nodes: 2,
    plain: true,
    env: { LOG_LEVEL: 'warn', DEMO: 'off' },
    nodeEnv: (index) => (index === 1 ? wrong : {}),
  })
}

/** Become a guest on one node, and post with its token on the other. */
const crossing = async (
  from: ClusterNode,
  to: ClusterNode,
  site: string,
  thread: string,
): Promise<{ status: number; code: string | undefined }> => {
  const base = `/api/v1/sites/${site}`
  const guest = await call<ReaderSession>('POST', `${from.url}${base}/readers/guest`, { body: { name: 'A reader' } })
  const answer = await call<{ error?: { code: string } }>('POST', `${to.url}${base}/threads/${thread}/comments`, {
    token: guest.body.token,
    body: { key: newId(), body: 'from over there' },
  })
  return { status: answer.status, code: answer.body.error?.code }
}

describe.runIf(possible).each([
  ['ahead', '+1h'],
  ['behind', '-1h'],
])('the clock of the second node is an hour %s', (_, offset) => {
  let cluster: LocalCluster
  let site: string
  const people: Person[] = []

  beforeAll(async () => {
    cluster = await startTwo(offset)
    const [first] = cluster.nodes
    if (first !== undefined) site = await registerOn(first)
    for (const [index, node] of cluster.nodes.entries())
      people.push(await arrive({ baseUrl: node.url, site, page: PAGE, name: `Reader of node ${index + 1}` }))
  })
  afterAll(async () => {
    for (const person of people) person.close()
    await cluster?.stop()
  })

  test('the order is that of commit on both nodes, and nothing is lost', async () => {
    const sent: string[] = []
    for (let number = 0; number < 40; number += 1) {
      const person = people[number % 2]
      if (person !== undefined) sent.push(await person.post(`comment ${number}`))
    }
    const together = await Promise.all(
      Array.from({ length: 40 }, (_unused, number) => people[number % 2]?.post(`at once ${number}`)),
    )
    await vi.waitFor(
      () => {
        for (const person of people) expect(person.seen.size).toBe(80)
      },
      { timeout: 10_000 },
    )
    for (const person of people) {
      const stored = await everything(person, PAGE)
      expect(stored.slice(0, 40).map((comment) => comment.id)).toEqual(sent)
      expect(
        stored
          .slice(40)
          .map((comment) => comment.id)
          .toSorted(),
      ).toEqual(together.toSorted())
      expect(stored.map((comment) => comment.createdSeq)).toEqual(stored.map((_comment, index) => index + 1))
      const seen = [...person.seen.values()].toSorted((a, b) => a.createdSeq - b.createdSeq)
      expect(seen.map((comment) => comment.id)).toEqual(stored.map((comment) => comment.id))
      expect(person.holes).toEqual([])
      // The clock really is wrong: what was made on the other node says so.
      const times = stored.map((comment) => comment.createdAt)
      expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(HOUR_MS * 0.9)
    }
  })

  test('a token of one node is refused by the other as expired or not yet good, and by nothing worse', async () => {
    const [one, two] = cluster.nodes
    const [first] = people
    if (one === undefined || two === undefined || first === undefined) throw new Error('two nodes are needed')
    const answers = [await crossing(one, two, site, first.thread), await crossing(two, one, site, first.thread)]
    expect(answers.map(({ status }) => status)).toEqual([401, 401])
    expect(answers.map(({ code }) => code).toSorted()).toEqual(['token_expired', 'token_invalid'])
  })
})

describe.runIf(possible)('the clock of the second node is twenty seconds behind', () => {
  let cluster: LocalCluster

  beforeAll(async () => {
    cluster = await startTwo('-20s')
  })
  afterAll(async () => {
    await cluster?.stop()
  })

  test('tokens of each node are good on the other', async () => {
    const [one, two] = cluster.nodes
    if (one === undefined || two === undefined) throw new Error('two nodes are needed')
    const site = await registerOn(one)
    const { thread } = (await (await fetch(`${one.url}/api/v1/sites/${site}/thread?page=/near`)).json()) as Snapshot
    expect((await crossing(one, two, site, thread.id)).status).toBe(201)
    expect((await crossing(two, one, site, thread.id)).status).toBe(201)
  })
})
