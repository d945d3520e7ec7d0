import { afterEach, expect, test, vi } from 'vitest'
import type { Bus } from '../../../src/core/ports/bus.ts'
import { eventually } from '../../../testing/eventually.ts'

/** What each adapter gives: `nodes` buses that reach each other, and nothing left behind once they are closed. */
export type BusFactory = (nodes: number) => Promise<readonly Bus[]>

/** What every bus promises. */
export const busContract = (factory: BusFactory): void => {
  const opened: Bus[] = []
  let markers = 0

  const open = async <const N extends number>(nodes: N): Promise<readonly [Bus, Bus, Bus]> => {
    const buses = await factory(nodes)
    opened.push(...buses)
    const [a, b, c] = buses
    if (a === undefined || b === undefined) throw new Error('the factory made too few buses')
    return [a, b, c ?? b]
  }

  afterEach(async () => {
    for (const bus of opened.splice(0)) await bus.close()
  })

  /** Resolves when `to` has handled what `from` sent before: a marker that was sent later has arrived. */
  const settled = async (from: Bus, to: Bus): Promise<void> => {
    const topic = 'settled'
    const marker = `marker ${++markers}`
    const heard = vi.fn()
    const stop = to.subscribe(topic, heard)
    await eventually(() => {
      from.publish(topic, marker)
      expect(heard).toHaveBeenCalledWith(marker)
    })
    stop()
  }

  test('a message reaches every other node that listens, once and unchanged', async () => {
    const [a, b, c] = await open(3)
    const heard: string[][] = [[], []]
    b.subscribe('t:1', (message) => heard[0]?.push(message))
    c.subscribe('t:1', (message) => heard[1]?.push(message))
    await settled(a, b)
    await settled(a, c)
    const messages = ['{"a":1}', 'Xin chào 👋\u2028\nline', '']
    for (const message of messages) a.publish('t:1', message)
    await eventually(() => expect(heard).toEqual([messages, messages]))
  })

  test('a node gets none of its own messages', async () => {
    const [a, b] = await open(2)
    const own = vi.fn()
    const other = vi.fn()
    a.subscribe('t:1', own)
    b.subscribe('t:1', other)
    await settled(a, b)
    a.publish('t:1', 'x')
    await eventually(() => expect(other).toHaveBeenCalledTimes(1))
    await settled(b, a)
    expect(own).not.toHaveBeenCalled()
  })

  test('topics are separate, also when one name is a prefix of another', async () => {
    const [a, b] = await open(2)
    const heard = vi.fn()
    b.subscribe('t:1', heard)
    await settled(a, b)
    a.publish('t:11', 'x')
    a.publish('t:', 'x')
    a.publish('t:*', 'x')
    await settled(a, b)
    expect(heard).not.toHaveBeenCalled()
  })

  test('a listener that unsubscribed gets nothing more, and others go on', async () => {
    const [a, b] = await open(2)
    const stopped = vi.fn()
    const going = vi.fn()
    const stop = b.subscribe('t:1', stopped)
    b.subscribe('t:1', going)
    await settled(a, b)
    stop()
    stop()
    a.publish('t:1', 'x')
    await eventually(() => expect(going).toHaveBeenCalledTimes(1))
    expect(stopped).not.toHaveBeenCalled()
  })

  test('a topic can be subscribed to again after all listeners unsubscribed', async () => {
    const [a, b] = await open(2)
    b.subscribe('t:1', () => undefined)()
    const heard = vi.fn()
    b.subscribe('t:1', heard)
    await settled(a, b)
    a.publish('t:1', 'x')
    await eventually(() => expect(heard).toHaveBeenCalledWith('x'))
  })

  test('publish does not call listeners within the publisher’s own turn', async () => {
    const [a, b] = await open(2)
    const heard = vi.fn()
    b.subscribe('t:1', heard)
    await settled(a, b)
    a.publish('t:1', 'x')
    expect(heard).not.toHaveBeenCalled()
    await eventually(() => expect(heard).toHaveBeenCalledTimes(1))
  })

  test('a closed bus neither sends nor receives', async () => {
    const [a, b, c] = await open(3)
    const heard = vi.fn()
    const witness = vi.fn()
    b.subscribe('t:1', heard)
    c.subscribe('t:1', witness)
    await settled(a, c)
    await b.close()
    a.publish('t:1', 'x')
    b.publish('t:1', 'y')
    await eventually(() => expect(witness).toHaveBeenCalledWith('x'))
    await settled(a, c)
    expect(witness).toHaveBeenCalledTimes(1)
    expect(heard).not.toHaveBeenCalled()
  })

  test('a working bus is not degraded', async () => {
    const [a] = await open(2)
    await eventually(() => expect(a.degraded()).toBe(false))
  })
}
