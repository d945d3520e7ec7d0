import { type Delta, newId, type ServerMessage, SUBPROTOCOL } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { eventually } from '../../testing/eventually.ts'
import { guest, openThread, post, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { connect } from '../../testing/wire-client.ts'

let service: RunningService
let site: string

beforeAll(async () => {
  service = await startService()
  site = await registerSite(service)
})
afterAll(async () => {
  await service?.dispose()
})

/** So long that a few hundred fill all buffers between the two ends. */
const LONG = 'Lorem ipsum dolor sit amet. '.repeat(340)
const WRITERS = 8

const closes = async (code: number): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
  return Number(new RegExp(`repartee_socket_closes_total\\{code="${code}"\\} (\\d+)`).exec(text)?.[1] ?? 0)
}

/** A client that subscribes, then stops reading until it is resumed. */
const stuckReader = async (thread: { id: string; epoch: string }) => {
  const socket = new WebSocket(`${service.api.replace('http', 'ws')}/realtime`, SUBPROTOCOL, {
    origin: 'https://blog.example',
  })
  const frames: ServerMessage[] = []
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as ServerMessage))
  await new Promise((resolve) => socket.once('open', resolve))
  socket.send(JSON.stringify({ type: 'hello', ref: 1, site, version: 1 }))
  socket.send(JSON.stringify({ type: 'subscribe', ref: 2, thread: thread.id, since: 0, epoch: thread.epoch }))
  await eventually(() => expect(frames.some((frame) => frame.type === 'ok')).toBe(true))
  socket.pause()
  return { frames, closed, resume: () => socket.resume() }
}

const deltasOf = (frames: readonly ServerMessage[]): Delta[] => frames.filter((frame) => frame.type === 'delta')

test('a client that stops reading is closed with 4001, others miss nothing, and it resumes completely', {
  timeout: 120_000,
}, async () => {
  const { thread } = await openThread(service, site)
  const writer = await guest(service, site)
  const reader = await connect(service.api, { origin: 'https://blog.example' })
  await reader.ask({ type: 'hello', site, version: 1 })
  await reader.ask({ type: 'subscribe', thread: thread.id, since: 0, epoch: thread.epoch })
  const stuck = await stuckReader(thread)

  let posted = 0
  const memoryBefore = process.memoryUsage().rss
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while ((await closes(4001)) === 0 && posted < 3_000) {
        posted += 1
        await post(service, { site, thread: thread.id, token: writer.token, body: `${LONG}${posted}`, key: newId() })
      }
    }),
  )
  expect([await closes(4001), await closes(1006)]).toEqual([1, 0])
  await vi.waitFor(() => expect(deltasOf(reader.frames).at(-1)?.to).toBe(posted), { timeout: 10_000 })

  stuck.resume()
  expect(await stuck.closed).toBe(4001)
  const heard = deltasOf(stuck.frames)
  // What it received has no gap; only the end is missing.
  expect(heard.map((delta) => delta.from)).toEqual([0, ...heard.slice(0, -1).map((delta) => delta.to)])
  const position = heard.at(-1)?.to ?? 0
  expect(position).toBeLessThan(posted)

  const back = await connect(service.api, { origin: 'https://blog.example' })
  await back.ask({ type: 'hello', site, version: 1 })
  await back.ask({ type: 'subscribe', thread: thread.id, since: position, epoch: thread.epoch })
  const rest = (): ServerMessage[] => back.frames.filter((frame) => frame.type === 'delta' || frame.type === 'reload')
  await eventually(() => expect(rest().length).toBeGreaterThan(0))
  // A client that is too far behind has to reload. Otherwise the backlog continues where it stopped.
  const [first] = rest()
  if (first?.type === 'delta') {
    expect(first.from).toBe(position)
    expect(deltasOf(back.frames).at(-1)?.to).toBe(posted)
  } else expect((posted - position) * LONG.length).toBeGreaterThan(200_000)
  console.info(
    `slow consumer: closed after ${posted} comments of ${LONG.length} characters, ${posted - position} missed and resumed; ` +
      `memory of the whole process +${Math.round((process.memoryUsage().rss - memoryBefore) / 1e6)} MB`,
  )
  reader.close()
  back.close()
})
