import { newId } from '@repartee/sdk/protocol'
import { expect, test, vi } from 'vitest'
import { newComment } from '../../testing/realtime-setup.ts'
import { useFakeTime } from './fake-time.ts'
import { attach, ranges, setup } from './hub-setup.ts'

useFakeTime()

test('a client that was disconnected briefly gets what it missed from memory, in one frame', async () => {
  const { ref, commit, node } = await setup(2)
  const a = node()
  await attach(a, ref)
  for (let i = 0; i < 30; i += 1) {
    a.hub.publish(ref.siteId, await commit())
    await vi.advanceTimersByTimeAsync(1_000)
  }
  const read = vi.spyOn(a.deps.store.comments, 'changedSince')
  const backlogs: string[][] = []
  for (let i = 0; i < 50; i += 1)
    await a.hub.recover(ref, { since: 12 }, ({ backlog }) => void backlogs.push([...backlog]))
  expect(read).not.toHaveBeenCalled()
  expect(backlogs).toHaveLength(50)
  for (const backlog of backlogs) expect(ranges(backlog.map((text) => JSON.parse(text)))).toEqual([[12, 32]])
})

test.each([
  ['500 behind', { since: 0 }, 500, false],
  ['501 behind', { since: 0 }, 501, true],
  ['ahead of the database', { since: 11 }, 10, true],
  ['of another epoch', { since: 10, epoch: newId() }, 10, true],
])('a position that is %s', async (_, position, head, reload) => {
  const { ref, node } = await setup(head)
  const a = node()
  a.hub.join(ref)
  let answer: unknown
  await a.hub.recover(ref, position, (recovery) => {
    answer = { reload: recovery.reload, to: ranges(recovery.backlog.map((text) => JSON.parse(text))).at(-1)?.[1] ?? 0 }
  })
  expect(answer).toEqual({ reload, to: reload ? 0 : head })
})

test('a client that missed too much text for a slow connection is told to reload, after one read for all such clients', async () => {
  const { ref, node, memory, site, thread } = await setup()
  const html = `<p>${'x'.repeat(20_000)}</p>`
  for (let i = 0; i < 60; i += 1) await memory.store.comments.insert(site.id, thread, [newComment({ html })])
  const a = node()
  a.hub.join(ref)
  const read = vi.spyOn(a.deps.store.comments, 'changedSince')
  const answers: [number, boolean, number][] = []
  for (const since of [0, 5, 0, 20, 31, 50, 59])
    await a.hub.recover(ref, { since }, ({ reload, backlog }) => {
      answers.push([since, reload, ranges(backlog.map((text) => JSON.parse(text))).at(-1)?.[1] ?? 0])
      expect(backlog.join('').length).toBeLessThanOrEqual(256 * 1_024)
    })
  expect(answers).toEqual([
    [0, true, 0],
    [5, true, 0],
    [0, true, 0],
    [20, true, 0],
    [31, true, 0],
    [50, false, 60],
    [59, false, 60],
  ])
  // Once for positions from 0 to 31, once for those from 32 on.
  expect(read).toHaveBeenCalledTimes(2)
})

test('a read for one client does not set back a client that knows more', async () => {
  const { ref, commit, node } = await setup(36)
  const a = node()
  await attach(a, ref)
  const received: unknown[] = []
  const come = (since: number) =>
    a.hub.recover(
      ref,
      { since },
      ({ backlog }) => void received.push(...ranges(backlog.map((text) => JSON.parse(text)))),
    )
  await come(33)
  // On another node, whose messages have not arrived yet.
  for (let i = 36; i < 60; i += 1) await commit()
  await come(50)
  expect(received).toEqual([
    [33, 36],
    [50, 60],
  ])
})
