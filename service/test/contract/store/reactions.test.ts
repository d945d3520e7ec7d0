import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { comment, one, openScene, present, replyTo } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from './engines.ts'

describe.each(engines)('reactions, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())
  const scene = () => openScene(opened.store)

  test('totals count what readers chose, and a kind that no one chose is absent', async () => {
    const { add, react } = await scene()
    const { id } = await add(comment())
    const [ada, bob] = [newId(), newId()]
    await react(id, ada, 'like')
    await react(id, ada, 'wow')
    const two = present(await react(id, bob, 'like'))
    expect(one(two.comments)).toMatchObject({ reactions: { like: 2, wow: 1 }, score: 3, seq: 4 })
    const off = present(await react(id, ada, 'wow', false))
    expect(one(off.comments)).toMatchObject({ reactions: { like: 2 }, score: 2 })
    await react(id, ada, 'like', false)
    expect(one(present(await react(id, bob, 'like', false)).comments)).toMatchObject({ reactions: {}, score: 0 })
  })

  test('repeating a choice changes nothing', async () => {
    const { add, react, thread } = await scene()
    const { id } = await add(comment())
    const ada = newId()
    expect(await react(id, ada, 'like', false)).toBeNull()
    const answers = await Promise.all(Array.from({ length: 10 }, () => react(id, ada, 'like')))
    expect(answers.filter((written) => written !== null)).toHaveLength(1)
    expect((await thread()).head).toBe(2)
  })

  test('only a listed comment that is not deleted accepts reactions; a tombstone keeps its score', async () => {
    const { add, react, remove } = await scene()
    const pending = await add(comment({ status: 'pending' }))
    const root = await add(comment())
    await add(replyTo(root))
    const ada = newId()
    await react(root.id, ada, 'like')
    expect(one(present(await remove(root.id)).comments)).toMatchObject({ listed: true, score: 1 })
    expect(await react(root.id, ada, 'like', false)).toBeNull()
    expect(await react(pending.id, ada, 'like')).toBeNull()
    expect(await react(newId(), ada, 'like')).toBeNull()
  })

  test('readers find their own reactions to the given comments', async () => {
    const { add, react, siteId, threadId } = await scene()
    const [a, b, c] = [await add(comment()), await add(comment()), await add(comment())]
    const [ada, bob] = [newId(), newId()]
    await react(a.id, ada, 'wow')
    await react(a.id, ada, 'like')
    await react(a.id, bob, 'sad')
    await react(b.id, bob, 'like')
    await react(c.id, ada, 'like')
    expect(await opened.store.reactions.byAuthor(siteId, threadId, ada, [a.id, b.id])).toEqual({
      [a.id]: ['like', 'wow'],
    })
  })
})
