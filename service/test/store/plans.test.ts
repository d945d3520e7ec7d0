import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explain } from '../../testing/explain.ts'
import { BUSY_ROOT, filledId, fillThread } from '../../testing/fill.ts'
import { reads } from '../../testing/reads.ts'
import { sized } from '../../testing/sized.ts'
import { comment, openScene, replyTo } from '../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from '../contract/store/engines.ts'

const COMMENTS = sized(20_000, 100_000)
/** Filled at once: more would take longer than a statement may. */
const STEP = 10_000
const siteId = newId()

describe.each(engines)('plans, $name', (engine) => {
  let opened: OpenStore
  let threadId = ''
  beforeAll(async () => {
    opened = await openStore(engine)
    ;({ threadId } = await openScene(opened.store, siteId))
    await fillThread(opened.sql, siteId, threadId, 100)
    await opened.sql.query('vacuum (analyze)', [])
    for (let from = 101; from <= COMMENTS; from += STEP)
      await fillThread(opened.sql, siteId, threadId, Math.min(from + STEP - 1, COMMENTS), from)
  })
  afterAll(() => opened.close())

  const names = reads(siteId, '', COMMENTS).map(({ name, index }) => [name, index] as const)

  // A thread can grow faster than its statistics are updated.
  describe.each(['with statistics from when it was small', 'with statistics'])('%s', (state) => {
    beforeAll(async () => {
      if (state === 'with statistics') await opened.sql.query('vacuum (analyze)', [])
    })

    test.each(names)('%s uses %s and scans no table', async (name) => {
      const read = reads(siteId, threadId, COMMENTS).find((one) => one.name === name)
      const plan = await explain(opened.sql, (store) => read?.run(store, 0.5) ?? Promise.resolve())
      expect(plan.indexes).toContain(read?.index)
      expect(plan.scans.filter((table) => ['comments', 'reply_counts'].includes(table))).toEqual([])
    })

    test('changes of a thread find their rows by index', async () => {
      const at = { siteId, threadId, id: filledId(BUSY_ROOT) }
      const reply = replyTo({ id: at.id, rootId: at.id, depth: 0 })
      const plans = [
        await explain(opened.sql, ({ comments }) => comments.insert(siteId, threadId, [comment(), reply])),
        await explain(opened.sql, ({ comments }) => comments.remove({ ...at, nowAt: 0 })),
        await explain(opened.sql, ({ comments }) => comments.review({ ...at, status: 'spam' })),
        await explain(opened.sql, ({ reactions }) =>
          reactions.set({ siteId, threadId, commentId: at.id, authorId: newId(), kind: 'like', on: true, nowAt: 0 }),
        ),
      ]
      for (const plan of plans) {
        expect(plan.indexes).toContain('comments_pkey')
        expect(plan.scans.filter((table) => ['comments', 'reply_counts'].includes(table))).toEqual([])
      }
    })
  })
})
