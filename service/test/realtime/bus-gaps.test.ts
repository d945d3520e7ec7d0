import { newId } from '@repartee/sdk/protocol'
import { expect, test, vi } from 'vitest'
import { createMemoryBus } from '../../src/adapters/memory/memory-bus.ts'
import type { Bus } from '../../src/core/ports/bus.ts'
import { createMemoryStore } from '../../testing/memory-store.ts'
import { createTestNode, demoSite, newComment } from '../../testing/realtime-setup.ts'
import { useFakeTime } from './fake-time.ts'

useFakeTime()

const setup = (fields: Partial<Bus>) => {
  const site = demoSite()
  const memory = createMemoryStore({ site })
  const threadId = newId()
  memory.open(threadId)
  const ref = { siteId: site.id, threadId }
  const node = createTestNode({ store: memory.store, bus: { ...createMemoryBus(), ...fields } })
  const commit = () => memory.store.comments.insert(site.id, threadId, [newComment()])
  return { memory, ref, node, commit }
}

test('when the bus may have lost messages the database is read at once, not at the next sweep', async () => {
  let noticed = (): void => undefined
  const stop = vi.fn()
  const { ref, node, commit } = setup({
    onGap(listener) {
      noticed = listener
      return stop
    },
  })
  node.hub.join(ref)
  await node.hub.recover(ref, {}, () => undefined)
  await commit()
  expect(node.hub.head(ref)).toBe(0)
  noticed()
  // The next regular sweep is more than half a second away.
  await vi.advanceTimersByTimeAsync(1)
  expect(node.hub.head(ref)).toBe(1)
  await node.hub.close()
  expect(stop).toHaveBeenCalledTimes(1)
})

test('a thread is read only once its messages arrive, so that no change is missed in between', async () => {
  let listening = (): void => undefined
  const { ref, node, commit, memory } = setup({
    listening: () =>
      new Promise((resolve) => {
        listening = resolve
      }),
  })
  const find = vi.spyOn(memory.store.threads, 'find')
  node.hub.join(ref)
  const attach = vi.fn()
  const recovered = node.hub.recover(ref, {}, attach)
  await commit()
  expect(find).not.toHaveBeenCalled()
  listening()
  await recovered
  expect(attach).toHaveBeenCalledWith(expect.objectContaining({ head: 1 }))
  await node.hub.close()
})

test('a state read before messages may have been lost is not used afterwards', async () => {
  let noticed = (): void => undefined
  const { ref, node, commit, memory } = setup({
    onGap(listener) {
      noticed = listener
      return () => undefined
    },
  })
  node.hub.join(ref)
  const heads: number[] = []
  const come = () => node.hub.recover(ref, {}, ({ head }) => void heads.push(head))
  await come()
  await commit()
  // Without a message or a gap this node cannot know of the commit.
  await come()
  vi.spyOn(memory.store.threads, 'heads').mockRejectedValue(new Error('away for a moment'))
  noticed()
  await come()
  expect(heads).toEqual([0, 0, 1])
  await node.hub.close()
})

test('while messages are being lost every subscriber gets the current state of the database', async () => {
  let degraded = true
  const { ref, node, commit } = setup({ degraded: () => degraded })
  node.hub.join(ref)
  const heads: number[] = []
  const come = () => node.hub.recover(ref, {}, ({ head }) => void heads.push(head))
  await come()
  await commit()
  await come()
  degraded = false
  await commit()
  await come()
  expect(heads).toEqual([0, 1, 1])
  await node.hub.close()
})
