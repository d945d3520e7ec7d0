import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Comment, newId, type ReaderSession, type Snapshot } from '@repartee/sdk/protocol'
import { type BuiltNode, describeNode } from '@repartee/tools/servers/built-node'
import { freePort } from '@repartee/tools/servers/free-port'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callControl } from '../../src/control/control-client.ts'
import { socketPath } from '../../src/control/socket-path.ts'
import { sized } from '../../testing/sized.ts'

const ROUNDS = 5
const ACKS_PER_ROUND = sized(300, 2_000)
const POSTERS = 16

let dataDir: string
let port: number
let node: BuiltNode
const agent = new Agent({ keepAlive: true, maxSockets: POSTERS })

const describe = (ownPort: number): BuiltNode =>
  describeNode({ name: 'the service', folder: dataDir, port: ownPort, metricsPort: 0, env: { LOG_LEVEL: 'error' } })

/** Start the built service; resolves with the time until it was ready. */
const start = async (): Promise<number> => {
  const from = performance.now()
  await node.process.start()
  return performance.now() - from
}

const send = <T>(method: string, path: string, body?: unknown, token?: string): Promise<{ status: number; body: T }> =>
  new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path: `/api/v1/sites/crash${path}`,
        method,
        agent,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as T }))
      },
    )
    call.on('error', reject)
    call.end(body === undefined ? undefined : JSON.stringify(body))
  })

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'repartee-crash-'))
  port = await freePort()
  node = describe(port)
})
afterAll(async () => {
  await node.process.stop('SIGKILL')
  agent.destroy()
  await rm(dataDir, { recursive: true, force: true })
})

test('every comment acknowledged before a SIGKILL is stored exactly once, five times in a row', {
  timeout: 180_000,
}, async () => {
  const firstStart = await start()
  const control = socketPath(dataDir)
  const site = (await callControl(control, 'site.create', {
    name: 'crash',
    key: 'crash',
    origins: ['self'],
    settings: { commentsPerMinute: 100_000, duplicateWindowMs: 0 },
  })) as { result: { publicKey: string } }
  expect(site.result.publicKey).toBe('crash')
  const acked = new Map<string, string>()
  const unsure = new Map<string, string>()
  const restarts: number[] = []
  let thread = ''
  let token = ''

  for (let round = 0; round < ROUNDS; round += 1) {
    if (round > 0) restarts.push(await start())
    if (round === 0) {
      thread = (await send<Snapshot>('GET', '/thread?page=/crash')).body.thread.id
      token = (await send<ReaderSession>('POST', '/readers/guest', { name: 'Poster' })).body.token
    }
    const target = acked.size + ACKS_PER_ROUND
    let killing: Promise<unknown> | undefined
    const posting = Array.from({ length: POSTERS }, async () => {
      while (killing === undefined) {
        const key = newId()
        const body = `round ${round} ${key}`
        unsure.set(key, body)
        try {
          const answer = await send<{ comment: Comment }>('POST', `/threads/${thread}/comments`, { key, body }, token)
          if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
          acked.set(answer.body.comment.id, body)
          unsure.delete(key)
        } catch (error) {
          if (killing === undefined) throw error
        }
        // Other posts are in progress: some comments are committed without an answer, some requests half sent.
        if (acked.size >= target) killing ??= node.process.stop('SIGKILL')
      }
    })
    await Promise.all(posting)
    await killing
  }
  restarts.push(await start())

  // Unanswered posts are sent again with their keys. Stored before or not, each must end as one comment.
  for (const [key, body] of unsure) {
    const answer = await send<{ comment: Comment }>('POST', `/threads/${thread}/comments`, { key, body }, token)
    expect([200, 201]).toContain(answer.status)
    acked.set(answer.body.comment.id, body)
  }

  const stored: Comment[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const suffix: string = cursor === '' ? '' : `&cursor=${cursor}`
    const { body } = await send<Snapshot>('GET', `/thread?page=/crash&sort=oldest&limit=100${suffix}`)
    stored.push(...body.comments)
    cursor = body.next
  }
  const text = (html: string): string => html.replaceAll(/<[^>]+>/g, '').trim()
  expect(new Set(stored.map((comment) => comment.id)).size).toBe(stored.length)
  expect(new Map(stored.map((comment) => [comment.id, text(comment.html)]))).toEqual(acked)
  expect(new Set(stored.map((comment) => text(comment.html))).size).toBe(stored.length)
  expect(stored.map((comment) => comment.createdSeq)).toEqual(stored.map((_, index) => index + 1))
  console.info(
    `crash: ${acked.size} acknowledged in ${ROUNDS} rounds, 0 lost, 0 doubled; first start ${Math.round(firstStart)} ms, restarts ${restarts.map(Math.round).join(', ')} ms`,
  )
})

test('a second process on the same folder exits with the process id of the first', async () => {
  const refused: Error = await describe(await freePort())
    .process.start()
    .then(
      () => new Error('it started'),
      (error: Error) => error,
    )
  expect(refused.message).toContain('ended while it was starting, exit code 1')
  expect(refused.message).toContain(String(node.process.pid))
  expect(refused.message).toContain(dataDir)
})

test('SIGTERM stops the node gracefully with exit code 0', async () => {
  expect(node.process.pid).toBeDefined()
  expect(await node.process.stop('SIGTERM')).toBe(0)
})
