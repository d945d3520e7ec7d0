import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { guest, openThread, post, registerSite } from '../../testing/people.ts'
import { startService } from '../../testing/start-service.ts'
import { call, connect } from '../../testing/wire-client.ts'
import { attribute, type OtlpSpan, startReceiver } from './otlp-receiver.ts'

const ORIGIN = 'https://blog.example'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER = '00f067aa0ba902b7'
const UNSAMPLED = '5cf92f3577b34da6a3ce929d0e0e4737'
const REQUEST_ID = '0f6b1c2d3e4f5061728394a5b6c7d8e9'
const MANY = 30

/** Recognisable values that no span may contain. */
const personal = {
  name: 'Wilhelmina Traceable',
  body: 'a secret opinion about cheese',
  otherBody: 'another opinion, about bread',
  page: '/private-page-of-a-reader',
  address: '203.0.113.77',
  agent: 'CuriousBrowser/1.0',
}

let spans: OtlpSpan[]
let receiver: Awaited<ReturnType<typeof startReceiver>>
let site: string
let secrets: string[]
let sentAs: ReadonlySet<string>

beforeAll(async () => {
  receiver = await startReceiver()
  const service = await startService({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`,
    TRUSTED_PROXIES: '127.0.0.1',
  })
  site = await registerSite(service)
  const reader = await guest(service, site, personal.name)
  secrets = [reader.token, reader.refresh, reader.reader.id]
  const thread = (await openThread(service, site, personal.page)).thread.id
  const url = `${service.api}/sites/${site}/threads/${thread}/comments`
  const key = newId()
  const send = (body: string, traceparent: string) =>
    call('POST', url, {
      token: reader.token,
      body: { key, body },
      headers: {
        traceparent,
        origin: ORIGIN,
        'x-request-id': REQUEST_ID,
        'x-forwarded-for': personal.address,
        'user-agent': personal.agent,
      },
    })
  expect((await send(personal.body, `00-${TRACE}-${CALLER}-01`)).status).toBe(201)
  expect((await send(personal.otherBody, `00-${TRACE}-${CALLER}-01`)).status).toBe(409)
  expect((await send(personal.body, `00-${UNSAMPLED}-${CALLER}-00`)).status).toBe(200)
  expect((await send(personal.body, 'not a traceparent')).status).toBe(200)

  const busy = (await openThread(service, site)).thread.id
  await Promise.all(
    Array.from({ length: MANY }, (_, n) =>
      post(service, { site, thread: busy, token: reader.token, body: `many ${n}` }),
    ),
  )

  const client = await connect(service.api, { origin: ORIGIN })
  await client.ask({ type: 'hello', site, version: 1, token: reader.token })
  expect(await client.ask({ type: 'comment.create', thread, key: newId(), body: personal.otherBody })).toMatchObject({
    type: 'ok',
  })
  client.close()
  // The remaining spans are sent when the node stops.
  await service.dispose()
  spans = receiver.spans()
  sentAs = new Set(receiver.received.map(({ path, type }) => `${path} ${type}`))
}, 180_000)
afterAll(() => receiver?.close())

const byId = (id: string | undefined): OtlpSpan | undefined => spans.find(({ spanId }) => spanId === id)
const parentOf = (span: OtlpSpan | undefined): OtlpSpan | undefined => byId(span?.parentSpanId)
const named = (name: string, parent?: OtlpSpan): OtlpSpan[] =>
  spans.filter((span) => span.name === name && (parent === undefined || span.parentSpanId === parent.spanId))

describe('a command over HTTP', () => {
  const server = (): OtlpSpan | undefined =>
    spans.find((span) => span.traceId === TRACE && attribute(span, 'http.response.status_code') === 201)

  test('continues the caller’s trace, with the request id', () => {
    expect(server()).toMatchObject({
      name: 'POST /api/v1/sites/:site/threads/:thread/comments',
      parentSpanId: CALLER,
      kind: 2,
    })
    expect(attribute(server(), 'repartee.request_id')).toBe(REQUEST_ID)
    expect(attribute(server(), 'http.route')).toBe('/api/v1/sites/:site/threads/:thread/comments')
  })

  test('has nested spans for the command, its reads, its commit, the statement and the publishing', () => {
    const [command] = named('command comment.create', server())
    expect(attribute(command, 'repartee.outcome')).toBe('ok')
    expect(attribute(command, 'repartee.site')).toBe(site)
    expect(named('store comments.createContext', command)).toHaveLength(1)
    const [commit] = named('commit create', command)
    expect(attribute(commit, 'repartee.group_size')).toBe(1)
    expect(named('store comments.insert', commit)).toHaveLength(1)
    expect(named('publish', commit)).toHaveLength(1)
    for (const span of [command, commit]) {
      expect(span?.traceId).toBe(TRACE)
      expect(BigInt(span?.endTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(BigInt(span?.startTimeUnixNano ?? 0))
    }
  })

  test('that is refused has its code and is not marked as an error', () => {
    const refused = spans.find((span) => attribute(span, 'http.response.status_code') === 409)
    const [command] = named('command comment.create', refused)
    expect(attribute(command, 'repartee.outcome')).toBe('key_reused')
    expect(refused?.status.code ?? 0).toBe(0)
    expect(command?.status.code ?? 0).toBe(0)
  })

  test('is not sampled if the caller does not sample, and starts a trace if the header is malformed', () => {
    expect(spans.filter(({ traceId }) => traceId === UNSAMPLED)).toEqual([])
    const own = spans.filter((span) => attribute(span, 'http.response.status_code') === 200 && !span.parentSpanId)
    expect(own.some(({ name }) => name.startsWith('POST '))).toBe(true)
  })
})

test('a command over WebSocket starts a trace with the same spans', () => {
  const roots = named('command comment.create').filter((span) => !span.parentSpanId)
  expect(roots).toHaveLength(1)
  const [commit] = named('commit create', roots[0])
  expect(named('store comments.insert', commit)).toHaveLength(1)
  expect(named('publish', commit)).toHaveLength(1)
})

test('comments stored together have one commit span, in the first one’s trace with links to the others', () => {
  const commits = named('commit create').filter((span) => Number(attribute(span, 'repartee.group_size')) > 1)
  expect(commits).not.toEqual([])
  for (const commit of commits) {
    expect(parentOf(commit)?.name).toBe('command comment.create')
    const others = (commit.links ?? []).map(({ traceId, spanId }) => ({ traceId, of: byId(spanId) }))
    expect(others).toHaveLength(Number(attribute(commit, 'repartee.group_size')) - 1)
    for (const { traceId, of } of others) {
      expect(of).toMatchObject({ name: 'command comment.create', traceId })
      expect(traceId).not.toBe(commit.traceId)
    }
  }
  const stored = named('commit create').map((span) => Number(attribute(span, 'repartee.group_size')))
  expect(stored.reduce((sum, size) => sum + size, 0)).toBe(MANY + 2)
})

test('every span except a trace’s first has its parent in the trace, and all belong to a request or a command', () => {
  for (const span of spans) {
    if (span.parentSpanId === CALLER) continue
    if (span.parentSpanId) expect(parentOf(span)?.traceId, span.name).toBe(span.traceId)
    else expect(span.name).toMatch(/^(command|GET|POST) /)
  }
})

test('spans contain nothing personal: no name, text, page, address, browser, token or reader', () => {
  const everything = receiver.received.map(({ text }) => text).join('\n')
  for (const word of [...Object.values(personal), ...secrets, ...secrets.map((secret) => secret.slice(-20))])
    expect(everything).not.toContain(word)
  const keys = new Set(spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)))
  expect([...keys].sort()).toEqual([
    'db.operation.name',
    'http.request.method',
    'http.response.status_code',
    'http.route',
    'repartee.group_size',
    'repartee.outcome',
    'repartee.request_id',
    'repartee.seq',
    'repartee.site',
    'repartee.thread',
  ])
})

test('spans arrive as OTLP/HTTP from a resource with a service name and an instance', () => {
  expect(sentAs).toEqual(new Set(['/v1/traces application/json']))
  for (const attributes of receiver.resources()) {
    expect(attribute({ attributes }, 'service.name')).toBe('repartee')
    expect(attribute({ attributes }, 'service.instance.id')).toMatch(/^[0-9a-f-]{36}$/)
  }
})

test('a failing collector costs only traces, and shows in a metric', {
  timeout: 120_000,
}, async () => {
  const refusing = await startReceiver(400)
  const service = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: refusing.url })
  const other = await registerSite(service)
  const thread = (await openThread(service, other)).thread.id
  const { token } = await guest(service, other)
  expect((await post(service, { site: other, thread, token })).created).toBe(true)
  await vi.waitFor(async () => {
    const text = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
    expect(text).toMatch(/^repartee_trace_spans_total\{outcome="failed"\} [1-9]/m)
    expect(text).not.toMatch(/^repartee_trace_spans_total\{outcome="sent"\}/m)
  }, 30_000)
  expect((await post(service, { site: other, thread, token })).created).toBe(true)
  await service.dispose()
  await refusing.close()
})
