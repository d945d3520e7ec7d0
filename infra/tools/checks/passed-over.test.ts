import { connect, type Socket } from 'node:net'
import { eventually } from '@repartee/service/testing/eventually'
import { afterEach, describe, expect, test } from 'vitest'
import { installed } from '../servers/find-program.ts'
import { startNginx } from '../servers/start-nginx.ts'
import { ask } from './ask.ts'
import { startLoneNode } from './start-lone-node.ts'
import { startUpstream } from './upstream.ts'

const COMMENTS = '/api/v1/sites/demo/threads/t/comments'
const HELD = '/api/v1/sites/demo/threads/held/comments'
const GUEST = '/api/v1/sites/demo/readers/guest'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})
const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
  stops.push(() => part.stop())
  return part
}
const well = () => startUpstream((_request, response) => response.writeHead(201).end()).then(keep)
const proxy = async (nodes: readonly { address: string }[]) =>
  keep(await startNginx({ upstreams: nodes.map(({ address }) => address) }))

type Posted = { readonly status: number; readonly ms: number }
const post = async (port: number, path = COMMENTS): Promise<Posted> => {
  const startedAt = performance.now()
  const { status } = await ask(port, path, { method: 'POST', body: '{}' })
  return { status, ms: performance.now() - startedAt }
}
/** Posts of several readers at once, each of whom waits for one to be answered before the next. */
const postAll = async (port: number, o: { readers: number; each: number }): Promise<Posted[]> => {
  const one = async () => {
    const done: Posted[] = []
    while (done.length < o.each) done.push(await post(port))
    return done
  }
  return (await Promise.all(Array.from({ length: o.readers }, one))).flat()
}
const failed = (posts: readonly Posted[]) => posts.filter(({ status }) => status >= 300)
const slowest = (posts: readonly Posted[]) => Math.max(...posts.map(({ ms }) => ms))

describe.runIf(installed('nginx'))('through nginx, a node that fails', () => {
  test('by closing the connection on one client’s requests still gets all posts of the others', async () => {
    const nodes = [await well(), await well()]
    for (const node of nodes)
      node.answer((request, response) => {
        if (request.url === GUEST) request.socket.destroy()
        else response.writeHead(201).end()
      })
    const { port } = await proxy(nodes)
    const others: Posted[] = []
    for (let i = 0; i < 30; i += 1) {
      expect((await post(port, GUEST)).status).toBe(503)
      others.push(await post(port))
    }
    expect(failed(others)).toEqual([])
  })

  test('by not answering one client’s requests still gets all posts of the others', { timeout: 60_000 }, async () => {
    const nodes = [await well(), await well()]
    for (const node of nodes)
      node.answer((request, response) => {
        if (request.url !== GUEST) response.writeHead(201).end()
      })
    const { port } = await proxy(nodes)
    const unanswered = Array.from({ length: 12 }, () => post(port, GUEST))
    const others = await postAll(port, { readers: 3, each: 10 })
    expect((await Promise.all(unanswered)).map(({ status }) => status)).toEqual(Array(12).fill(503))
    others.push(...(await postAll(port, { readers: 3, each: 10 })))
    expect(failed(others)).toEqual([])
    expect(slowest(others)).toBeLessThan(2_000)
    // Once each: what may have been carried out is not sent again.
    expect(nodes.flatMap(({ seen }) => seen).filter(({ url }) => url === GUEST)).toHaveLength(12)
  })

  test('because it is killed loses none of the comments that were sent to it', { timeout: 30_000 }, async () => {
    const [stays, dies] = [await well(), keep(await startLoneNode())]
    const { port } = await proxy([stays, dies])
    stays.answer((request, response) => {
      // Until the other holds some of these, this one holds its own.
      if (request.url !== HELD) response.writeHead(201).end()
      else waiting.push(() => response.writeHead(201).end())
    })
    const waiting: (() => void)[] = []
    const held = Array.from({ length: 8 }, () => post(port, HELD))
    await dies.holds(4)
    stays.answer((_request, response) => response.writeHead(201).end())
    await dies.kill()
    for (const answer of waiting) answer()
    expect(failed(await Promise.all(held))).toEqual([])
    const after = await postAll(port, { readers: 4, each: 25 })
    expect(failed(after)).toEqual([])
    expect(slowest(after)).toBeLessThan(2_000)
  })

  test('by freezing delays the posts sent to it by 6 s, and all are answered', { timeout: 60_000 }, async () => {
    const [stays, freezes] = [await well(), keep(await startLoneNode())]
    const { port } = await proxy([stays, freezes])
    expect(failed(await postAll(port, { readers: 4, each: 5 }))).toEqual([])
    await freezes.freeze()
    const posts = await postAll(port, { readers: 30, each: 1 })
    expect(failed(posts)).toEqual([])
    const late = posts.filter(({ ms }) => ms > 2_000)
    expect(late.length).toBeGreaterThan(0)
    // What waits there counts as load, so the other gets more.
    expect(late.length).toBeLessThanOrEqual(15)
    // A client of the SDK waits 8 s.
    expect(slowest(posts)).toBeLessThan(8_000)
  })

  test('by not accepting connections delays a post by 300 ms', { timeout: 30_000 }, async () => {
    const [stays, full] = [await well(), keep(await startLoneNode(1))]
    await full.freeze()
    const [, port = ''] = full.address.split(':')
    const sockets: Socket[] = []
    const open = () => sockets.filter(({ readyState }) => readyState === 'open').length
    stops.push(async () => void sockets.forEach((socket) => void socket.destroy()))
    // The kernel accepts one more than it was told and ignores the rest, as a machine without power ignores all.
    for (let i = 0; i < 4; i += 1) sockets.push(connect(Number(port), '127.0.0.1').on('error', () => undefined))
    await eventually(() => expect(open()).toBeGreaterThan(0))
    const nginx = await proxy([full, stays])
    const posts = await postAll(nginx.port, { readers: 1, each: 12 })
    expect(failed(posts)).toEqual([])
    const late = posts.filter(({ ms }) => ms > 250)
    expect(late.length).toBeGreaterThan(0)
    expect(slowest(late)).toBeLessThan(1_500)
  })
})
