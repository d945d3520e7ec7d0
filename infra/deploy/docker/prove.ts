import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { type Asked, judge, type Shown } from './judge.ts'

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'https://localhost:8443' },
    site: { type: 'string', default: 'demo' },
    report: { type: 'string' },
    posters: { type: 'string', default: '6' },
    /** Only post, for this many seconds, and stop no container. */
    calm: { type: 'string' },
  },
})
const api = `${values.url}/api/v1/sites/${values.site}`
const page = `/prove/${randomUUID()}`
const TRY_MS = 8_000
const PACE_MS = 600
const GIVE_UP_MS = 60_000

type Answer = { status: number; body: unknown }

const call = async (path: string, token?: string, body?: unknown): Promise<Answer> => {
  const answer = await fetch(`${api}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    signal: AbortSignal.timeout(TRY_MS),
    headers: {
      origin: new URL(api).origin,
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

/** Repeat a request until it succeeds; throws if it is refused or `GIVE_UP_MS` have passed. */
const insist = async (path: string, token?: string, body?: unknown): Promise<Answer> => {
  const startedAt = Date.now()
  for (;;) {
    const answer = await call(path, token, body).catch((error: unknown) => ({ status: 0, body: String(error) }))
    if (answer.status === 200 || answer.status === 201) return answer
    const again = answer.status === 0 || answer.status === 429 || answer.status >= 500
    if (!again || Date.now() - startedAt > GIVE_UP_MS)
      throw new Error(`${path.slice(0, 60)}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`)
    await pause(200 + Math.random() * 300)
  }
}

type Snapshot = { thread: { id: string }; comments: Shown[]; next: string | null }
const snapshot = async (cursor?: string): Promise<Snapshot> =>
  (
    await insist(
      `/thread?page=${encodeURIComponent(page)}&limit=50${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    )
  ).body as Snapshot

const thread = (await snapshot()).thread.id
const asked: Asked[] = []
const ackTimes: number[] = []
let posting = true

const post = async (name: string): Promise<void> => {
  const { token } = (await insist('/readers/guest', undefined, { name })).body as { token: string }
  while (posting) {
    const entry: Asked = { key: randomUUID(), acknowledgedId: null }
    asked.push(entry)
    const { body } = await insist(`/threads/${thread}/comments`, token, { key: entry.key, body: entry.key })
    entry.acknowledgedId = (body as { comment: Shown }).comment.id
    ackTimes.push(Date.now())
    await pause(PACE_MS)
  }
}

/** Asynchronous, so that the posters continue meanwhile. */
const docker = async (...args: string[]): Promise<void> => {
  process.stdout.write(`docker compose ${args.join(' ')}\n`)
  await promisify(execFile)('docker', ['compose', ...args])
}

/** Kill, restart and pause parts, one at a time. */
const harm = async (): Promise<void> => {
  for (const part of ['db-2', 'node-1', 'redis']) {
    await docker('kill', part)
    await pause(10_000)
    await docker('up', '--detach', '--no-deps', '--wait', part)
  }
  await docker('restart', 'db-3')
  await pause(10_000)
  await docker('pause', 'node-2')
  await pause(10_000)
  await docker('unpause', 'node-2')
  await docker('restart', '--timeout', '90', 'node-1')
  await pause(10_000)
}

const posters = Array.from({ length: Number(values.posters) }, (_, index) => post(`Poster ${index + 1}`))
const stop = (): void => {
  posting = false
}
const failed = Promise.all(posters).catch((error: unknown) => {
  stop()
  throw error
})
const harmed = (values.calm === undefined ? harm() : pause(Number(values.calm) * 1_000)).finally(stop)
await Promise.all([failed, harmed])

const shown: Shown[] = []
for (let cursor: string | undefined; ; ) {
  const { comments, next } = await snapshot(cursor)
  shown.push(...comments)
  if (next === null) break
  cursor = next
}
const verdict = judge(asked, shown)
const gaps = ackTimes.slice(1).map((at, index) => at - (ackTimes[index] ?? at))
const report = { ...verdict, shown: shown.length, longestGapMs: Math.max(0, ...gaps) }
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
if (values.report !== undefined) writeFileSync(values.report, JSON.stringify({ ...report, asked }, null, 2))
if (verdict.acknowledged === 0 || verdict.lost.length + verdict.doubled.length + verdict.phantom.length > 0)
  process.exitCode = 1
