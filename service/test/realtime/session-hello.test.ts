import { newId } from '@repartee/sdk/protocol'
import { expect, test, vi } from 'vitest'
import { demoSite, listen, newComment } from '../../testing/realtime-setup.ts'
import { useFakeTime } from './fake-time.ts'
import { codes, settle, setup } from './session-setup.ts'

useFakeTime()

test('hello is answered with the reader and the node', async () => {
  const { node, enter, tokenOf } = await setup()
  expect((await enter()).messages).toEqual([
    { type: 'welcome', ref: 1, version: 1, node: node.id, reader: null, pingMs: 25_000 },
  ])
  const id = newId()
  const token = await tokenOf({ id, name: 'Bình' })
  expect((await enter({ token })).of('welcome')[0]?.reader).toEqual({ id, name: 'Bình', role: 'guest' })
})

test('everything else is refused before hello', async () => {
  const { node, thread } = await setup()
  const connection = listen(node)
  connection.send({ type: 'subscribe', ref: 5, thread })
  connection.send({ type: 'ping' })
  expect(codes(connection)).toEqual([[5, 'hello_required']])
  expect(connection.of('pong')).toHaveLength(1)
})

test('a connection without hello is closed after five seconds', async () => {
  const { node } = await setup()
  const connection = listen(node)
  await settle(4_900)
  expect(connection.closeCode).toBeNull()
  await settle(200)
  expect(connection.closeCode).toBe(4002)
})

test('frames sent right after hello, without waiting for its answer, are answered in order', async () => {
  const { node, thread, create, tokenOf } = await setup(() => new Promise((resolve) => setTimeout(resolve, 5)))
  const connection = listen(node)
  connection.hello({ token: await tokenOf() })
  connection.send({ type: 'subscribe', ref: 2, thread })
  await settle(100)
  const command = create()
  connection.send(command)
  await settle(100)
  expect(
    connection.messages.filter((m) => m.type !== 'presence').map((m) => [m.type, 'ref' in m ? m.ref : null]),
  ).toEqual([
    ['welcome', 1],
    ['ok', 2],
    ['ok', command.ref],
    ['delta', null],
  ])
})

test.each<[string, Record<string, unknown>, { origin?: string | null }, string, number]>([
  ['another version', { version: 2 }, {}, 'unsupported_version', 4501],
  ['another version with fields of its own', { version: 9, locale: 'vi' }, {}, 'unsupported_version', 4501],
  ['an unknown site', { site: 'nowhere' }, {}, 'site_not_found', 4502],
  ['a foreign origin', {}, { origin: 'https://evil.example' }, 'origin_not_allowed', 4503],
  ['an opaque origin', {}, { origin: 'null' }, 'origin_not_allowed', 4503],
])('hello with %s is refused and the connection closed for good', async (_, fields, from, code, closeCode) => {
  const { node } = await setup()
  const connection = listen(node, from)
  connection.hello(fields)
  await settle()
  expect(codes(connection)).toEqual([[1, code]])
  expect(connection.closeCode).toBe(closeCode)
})

test('a client without an origin, which is not a page, is accepted', async () => {
  const { node } = await setup()
  const connection = listen(node, { origin: null })
  connection.hello()
  await settle()
  expect(connection.of('welcome')).toHaveLength(1)
})

test('an invalid token is refused, and another hello with a valid one is accepted', async () => {
  const { node, tokenOf } = await setup()
  const old = await tokenOf()
  await settle(600_000)
  const connection = listen(node)
  connection.hello({ token: old })
  await settle()
  connection.hello({ ref: 2, token: await tokenOf({}, 'other') })
  await settle()
  connection.hello({ ref: 3, token: await tokenOf() })
  await settle()
  expect(codes(connection)).toEqual([
    [1, 'token_expired'],
    [2, 'token_invalid'],
  ])
  expect(connection.of('welcome').map((m) => m.ref)).toEqual([3])
})

test('after its token has expired, a connection gets token_expired until hello brings a new one; reading goes on', async () => {
  const { reader, create, thread, tokenOf, memory, node, site } = await setup()
  const connection = await reader()
  connection.send({ type: 'subscribe', ref: 2, thread })
  await settle(600_000)
  const late = create()
  connection.send(late)
  await settle()
  expect(codes(connection)).toEqual([[late.ref, 'token_expired']])
  expect(memory.rows(thread)).toEqual([])
  await node.deps.writer.create(site.id, thread, newComment())
  await settle()
  expect(connection.of('delta')).toHaveLength(1)
  connection.hello({ ref: 3, token: await tokenOf() })
  const again = create()
  connection.send(again)
  await settle()
  expect(connection.of('ok').map((m) => m.ref)).toEqual([2, again.ref])
})

test('the owner’s changes of a site apply to open connections within five seconds', async () => {
  const { reader, create, thread, memory, site } = await setup()
  const connection = await reader()
  memory.setSite({ ...site, settings: { ...site.settings, premoderation: 'all' } })
  await settle(5_100)
  connection.send(create())
  await settle()
  expect(memory.rows(thread).map((row) => row.status)).toEqual(['pending'])
  memory.setSite({ ...site, settings: { ...site.settings, guests: false } })
  await settle(5_100)
  const shut = create()
  connection.send(shut)
  await settle()
  expect(codes(connection)).toEqual([[shut.ref, 'guests_not_allowed']])
})

test('a page whose origin the owner removes can no longer write, over an open connection either', async () => {
  const { reader, create, thread, memory, site } = await setup()
  const connection = await reader()
  memory.setSite({ ...site, origins: ['https://elsewhere.example'] })
  await settle(5_100)
  const late = create()
  connection.send(late)
  await settle()
  expect(codes(connection)).toEqual([[late.ref, 'origin_not_allowed']])
  expect(connection.closeCode).toBe(4503)
  expect(memory.rows(thread)).toEqual([])
})

test('unknown sites share one queue, so that they take no turns from existing ones', async () => {
  const { node, enter } = await setup()
  const lines = vi.spyOn(node.admission, 'enter')
  await enter()
  await enter()
  for (const site of ['made-up-1', 'made-up-2', 'made-up-3']) {
    const connection = listen(node)
    connection.hello({ site })
    await settle()
    expect(codes(connection)).toEqual([[1, 'site_not_found']])
  }
  expect(lines.mock.calls.map(([line]) => line)).toEqual(['', 'demo', '', '', ''])
})

test('a connection cannot change its site', async () => {
  const { enter, node } = await setup()
  const other = demoSite()
  const connection = await enter()
  node.deps.siteCache.forget('other')
  await node.deps.siteCache.get('other', async () => ({ ...other, publicKey: 'other' }))
  connection.hello({ ref: 2, site: 'other' })
  await settle()
  expect(codes(connection)).toEqual([[2, 'invalid_request']])
  expect(connection.closeCode).toBeNull()
})
