import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openClient, openServer, watch } from './client-harness.ts'

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant('publish' as const) },
  { weight: 3, arbitrary: fc.constant('lose' as const) },
  { weight: 2, arbitrary: fc.constant('repeat' as const) },
  { weight: 2, arbitrary: fc.constant('overtake' as const) },
  { weight: 1, arbitrary: fc.constant('cut' as const) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
  { weight: 1, arbitrary: fc.constant('block' as const) },
  { weight: 3, arbitrary: fc.constant('pause' as const) },
)

test('through disconnects, outages and lost, repeated and reordered deltas each view ends up equal to the log', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const server = await openServer()
      const client = openClient(server)
      const views = [watch(client), watch(client)]
      const { thread } = server
      let away = false
      const deliver = (from: number, to: number): void => {
        for (const socket of server.sockets) socket.send({ type: 'delta', ...thread.delta(from, to) })
      }
      for (const act of steps) {
        if (act === 'publish') server.publish('delivered')
        if (act === 'lose') thread.add('lost')
        if (act === 'repeat') deliver(Math.max(0, thread.head - 3), thread.head)
        if (act === 'overtake') {
          thread.add('first')
          thread.add('second')
          deliver(thread.head - 1, thread.head)
          deliver(thread.head - 2, thread.head - 1)
        }
        if (act === 'cut') for (const socket of server.sockets) socket.cut()
        if (act === 'restart') {
          away = !away
          server.http = () => (away ? 'drop' : undefined)
          for (const socket of server.sockets) socket.close(4000)
        }
        if (act === 'block') server.webSocket = server.webSocket === 'accept' ? 'refuse' : 'accept'
        if (act === 'pause') await new Promise((resolve) => setTimeout(resolve, 5))
      }
      away = false
      server.publish('the last, after which all is well')
      for (const view of views) {
        await expect.poll(() => view.position, { timeout: 10_000 }).toBe(thread.head)
        expect(view.changes).toEqual(thread.log)
        expect(view.deltas.every(({ from }, i) => from === (view.deltas[i - 1]?.to ?? 0))).toBe(true)
        expect(view.reloads).toBe(0)
      }
      client.close()
      await server.close()
    }),
    { numRuns: 25 },
  )
}, 120_000)
