import { expect, test } from 'vitest'
import type { PresenceStore } from '../../../src/core/ports/presence-store.ts'

/** What each adapter gives: an empty store, and a way to advance its time. */
export type PresenceFactory = () => Promise<{ presence: PresenceStore; pass(ms: number): Promise<void> }>

/** What every presence store promises. */
export const presenceContract = (factory: PresenceFactory): void => {
  test('at first there are no readers', async () => {
    const { presence } = await factory()
    expect(await presence.state('t:1')).toEqual({ count: 0, typing: [] })
  })

  test('several connections of one visitor count once, until the last one leaves', async () => {
    const { presence } = await factory()
    await presence.join('t:1', 'c1', 'ann')
    await presence.join('t:1', 'c2', 'ann')
    await presence.join('t:1', 'c3', 'bob')
    expect((await presence.state('t:1')).count).toBe(2)
    await presence.leave('t:1', 'c1')
    expect((await presence.state('t:1')).count).toBe(2)
    await presence.leave('t:1', 'c2')
    expect((await presence.state('t:1')).count).toBe(1)
    await presence.leave('t:1', 'c2')
    await presence.leave('t:1', 'unknown')
    expect((await presence.state('t:1')).count).toBe(1)
  })

  test('a connection that signs in becomes another visitor and is not counted twice', async () => {
    const { presence } = await factory()
    await presence.join('t:1', 'c1', 'c1')
    await presence.join('t:1', 'c1', 'ann')
    expect((await presence.state('t:1')).count).toBe(1)
  })

  test('topics are separate', async () => {
    const { presence } = await factory()
    await presence.join('t:1', 'c1', 'ann')
    await presence.typing('t:1', 'ann', 'Ann')
    expect(await presence.state('t:2')).toEqual({ count: 0, typing: [] })
  })

  test('a connection expires after a minute unless it is renewed', async () => {
    const { presence, pass } = await factory()
    await presence.join('t:1', 'c1', 'ann')
    await presence.join('t:1', 'c2', 'bob')
    await pass(50_000)
    expect((await presence.state('t:1')).count).toBe(2)
    await presence.join('t:1', 'c2', 'bob')
    await pass(10_001)
    expect((await presence.state('t:1')).count).toBe(1)
    await pass(60_001)
    expect((await presence.state('t:1')).count).toBe(0)
  })

  test('typing expires six seconds after it was last reported', async () => {
    const { presence, pass } = await factory()
    await presence.join('t:1', 'c1', 'ann')
    await presence.typing('t:1', 'ann', 'Ann')
    await pass(4_000)
    await presence.typing('t:1', 'ann', 'Ann')
    await pass(4_000)
    expect((await presence.state('t:1')).typing).toEqual(['Ann'])
    await pass(2_001)
    expect((await presence.state('t:1')).typing).toEqual([])
  })

  test('at most five names are listed, and two readers with the same name count as two', async () => {
    const { presence } = await factory()
    await presence.typing('t:1', 'a', 'Ann')
    await presence.typing('t:1', 'b', 'Ann')
    expect((await presence.state('t:1')).typing).toEqual(['Ann', 'Ann'])
    for (let i = 0; i < 10; i += 1) await presence.typing('t:1', `v${i}`, `N${i}`)
    expect((await presence.state('t:1')).typing).toHaveLength(5)
  })

  test('a visitor whose last connection left is no longer typing', async () => {
    const { presence } = await factory()
    await presence.join('t:1', 'c1', 'ann')
    await presence.join('t:1', 'c2', 'ann')
    await presence.join('t:1', 'c3', 'bob')
    await presence.typing('t:1', 'ann', 'Ann')
    await presence.leave('t:1', 'c1')
    expect((await presence.state('t:1')).typing).toEqual(['Ann'])
    await presence.leave('t:1', 'c2')
    expect(await presence.state('t:1')).toEqual({ count: 1, typing: [] })
  })
}
