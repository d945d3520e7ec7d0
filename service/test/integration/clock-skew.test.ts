import { existsSync } from 'node:fs'
import { type Comment, newId, type ReaderSession } from '@repartee/sdk/protocol'
import { arrive, everything, type Person } from '@repartee/tools/cluster/arrive'
import { canStartCluster } from '@repartee/tools/cluster/missing-programs'
import { counter } from '@repartee/tools/cluster/node-counter'
import { type LocalCluster, startLocalCluster } from '@repartee/tools/cluster/start-cluster'
import type { BuiltNode } from '@repartee/tools/servers/built-node'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { registerSite } from '../../testing/people.ts'
import { call } from '../../testing/wire-client.ts'

/** Debian's package faketime. */
const LIBRARY = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`
const PAGE = '/clocks'
/** The error of each node's clock; the database's is correct. */
const OFFSETS = ['0', '+1h', '-1h']
const TRUE_WITHIN_MS = 2_000

const possible = canStartCluster() && existsSync(LIBRARY)
if (!possible) console.warn('nodes with wrong clocks are not tested: apt-get install faketime')

const wrongClock = (offset: string): Record<string, string> =>
  offset === '0' ? {} : { LD_PRELOAD: LIBRARY, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' }

type Answer = { readonly status: number; readonly comment: Comment }

/** One guest's requests, to any node. */
const createWriter = (o: { site: string; thread: string; token: string }) => {
  const url = (node: BuiltNode): string => `${node.url}/api/v1/sites/${o.site}/threads/${o.thread}/comments`
  const send = async (method: string, target: string, body?: unknown): Promise<Answer> => {
    const answer = await call<{ comment: Comment }>(method, target, { token: o.token, body })
    return { status: answer.status, comment: answer.body.comment }
  }
  return {
    post: (node: BuiltNode, body: string) => send('POST', url(node), { key: newId(), body }),
    edit: (node: BuiltNode, id: string, body: string) => send('PATCH', `${url(node)}/${id}`, { body }),
    remove: (node: BuiltNode, id: string) => send('DELETE', `${url(node)}/${id}`),
  }
}

describe.runIf(possible)('three nodes with a correct clock, one an hour ahead and one an hour behind', () => {
  let cluster: LocalCluster
  let site: string
  let people: Person[]

  beforeAll(async () => {
    cluster = await startLocalCluster({
      nodes: OFFSETS.length,
      plain: true,
      env: { LOG_LEVEL: 'warn', DEMO: 'off' },
      nodeEnv: (index) => wrongClock(OFFSETS[index] ?? '0'),
    })
    const [first] = cluster.nodes
    if (first === undefined) throw new Error('no node')
    site = await registerSite(first, { origins: ['self'] })
    people = []
    for (const node of cluster.nodes)
      people.push(await arrive({ baseUrl: node.url, site, page: PAGE, name: `Reader of ${node.name}` }))
  })
  afterAll(async () => {
    for (const person of people ?? []) person.close()
    await cluster?.stop()
  })

  test('each reports its clock’s offset from the database’s', async () => {
    const said = await Promise.all(
      cluster.nodes.map(async ({ url }) => (await call<{ checks: { clock: string } }>('GET', `${url}/readyz`)).body),
    )
    expect(said).toMatchObject([
      { status: 'ok', checks: { clock: 'ok' } },
      {
        status: 'ok',
        checks: { clock: expect.stringMatching(/^(3599|3600|3601)\.\d s ahead of the database: corrected$/) },
      },
      {
        status: 'ok',
        checks: { clock: expect.stringMatching(/^(3599|3600|3601)\.\d s behind the database: corrected$/) },
      },
    ])
    const offsets = await Promise.all(cluster.nodes.map((node) => counter(node, 'repartee_clock_offset_seconds')))
    expect(offsets.map((seconds) => Math.round(seconds / 60))).toEqual([0, -60, 60])
  })

  test('the order is that of commit on every node, nothing is lost, and every comment has the correct time', async () => {
    const sent: string[] = []
    const sentAt = new Map<string, number>()
    const post = async (number: number, body: string): Promise<string> => {
      const at = Date.now()
      const id = (await people[number % people.length]?.post(body)) ?? ''
      sentAt.set(id, at)
      return id
    }
    for (let number = 0; number < 45; number += 1) sent.push(await post(number, `comment ${number}`))
    const together = await Promise.all(Array.from({ length: 45 }, (_, number) => post(number, `at once ${number}`)))
    await vi.waitFor(
      () => {
        for (const person of people) expect(person.seen.size).toBe(90)
      },
      { timeout: 30_000 },
    )
    const doneAt = Date.now()
    for (const person of people) {
      const stored = await everything(person, PAGE)
      const ids = stored.map((comment) => comment.id)
      expect(ids.slice(0, 45)).toEqual(sent)
      expect(ids.slice(45).toSorted()).toEqual(together.toSorted())
      expect(stored.map((comment) => comment.createdSeq)).toEqual(stored.map((_comment, index) => index + 1))
      const seen = [...person.seen.values()].toSorted((a, b) => a.createdSeq - b.createdSeq)
      expect(seen.map((comment) => comment.id)).toEqual(ids)
      expect(person.holes).toEqual([])
      for (const { id, createdAt } of stored) {
        expect(createdAt).toBeGreaterThan((sentAt.get(id) ?? 0) - TRUE_WITHIN_MS)
        expect(createdAt).toBeLessThan(doneAt + TRUE_WITHIN_MS)
      }
    }
  })

  const pairs = OFFSETS.flatMap((_from, from) => OFFSETS.map((_to, to) => [from, to] as const)).filter(
    ([a, b]) => a !== b,
  )
  test.each(pairs)(
    'a reader who signed in at node %i posts, edits, deletes and refreshes at node %i, and back',
    async (a, b) => {
      const [here, there] = [cluster.nodes[a], cluster.nodes[b]]
      const thread = people[0]?.thread
      if (here === undefined || there === undefined || thread === undefined) throw new Error('a node is missing')
      const readers = (node: BuiltNode, what: string, body: unknown) =>
        call<ReaderSession>('POST', `${node.url}/api/v1/sites/${site}/readers/${what}`, { body })
      const guest = await readers(here, 'guest', { name: 'A traveller' })
      expect(guest.status).toBe(201)
      const writer = createWriter({ site, thread, token: guest.body.token })

      const startedAt = Date.now()
      const posted = await writer.post(there, 'from over there')
      expect(posted.status).toBe(201)
      const edited = await writer.edit(there, posted.comment.id, 'mended over there')
      expect(edited.status).toBe(200)
      for (const at of [posted.comment.createdAt, edited.comment.editedAt ?? 0]) {
        expect(at).toBeGreaterThan(startedAt - TRUE_WITHIN_MS)
        expect(at).toBeLessThan(Date.now() + TRUE_WITHIN_MS)
      }
      expect((await writer.edit(here, posted.comment.id, 'mended here')).status).toBe(200)
      expect((await writer.remove(there, posted.comment.id)).status).toBe(200)

      // The expiry of the token for a browser with the correct time: in ten minutes.
      const refreshed = await readers(there, 'refresh', { refresh: guest.body.refresh })
      expect(refreshed.status).toBe(200)
      for (const { expiresAt } of [guest.body, refreshed.body])
        expect(Math.abs(expiresAt - Date.now() - 600_000)).toBeLessThan(30_000)
      const again = createWriter({ site, thread, token: refreshed.body.token })
      expect((await again.post(here, 'home again')).status).toBe(201)
      expect((await readers(here, 'refresh', { refresh: refreshed.body.refresh })).status).toBe(200)
    },
  )
})
