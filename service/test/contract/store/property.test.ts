import { newId, type Status, statusSchema } from '@repartee/sdk/protocol'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WriteResult } from '../../../src/core/ports/write-result.ts'
import { comment, openScene, replyTo, type Scene } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from './engines.ts'
import { createModel, type Model } from './model.ts'

const status = fc.constantFrom<Status>(...statusSchema.options)
const mostlyApproved = fc.oneof({ weight: 4, arbitrary: fc.constant<Status>('approved') }, status)
/** One of the comments stored so far, or one that does not exist. */
const pick = fc.nat({ max: 12 })
const row = fc.record({
  parent: fc.option(pick, { freq: 2 }),
  status: mostlyApproved,
  key: fc.option(fc.nat({ max: 3 })),
})
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('insert' as const), rows: fc.array(row, { minLength: 1, maxLength: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('edit' as const), of: pick, status: mostlyApproved }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('remove' as const), of: pick }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('review' as const), of: pick, status }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('react' as const),
      of: pick,
      by: fc.nat({ max: 2 }),
      kind: fc.constantFrom('like', 'wow'),
      on: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('close' as const), closed: fc.boolean() }) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const readers = [newId(), newId(), newId()] as const
const keys = [newId(), newId(), newId(), newId()] as const

describe.each(engines)('any sequence of changes, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())

  const perform = async (scene: Scene, model: Model, ids: string[], given: Step): Promise<void> => {
    const before = model.state.head
    const at = (index: number): string => ids[index] ?? newId()
    const agree = (written: WriteResult | null, changed: boolean): void => {
      expect(written === null).toBe(!changed)
      if (written === null) return
      expect([written.from, written.to, written.commentCount]).toEqual([before, model.state.head, model.commentCount()])
      for (const [id, count] of Object.entries(written.replyCounts)) {
        const counted = model.comments.get(id)
        expect(counted && model.replyCount(counted)).toBe(count)
      }
    }
    switch (given.op) {
      case 'insert': {
        const rows = given.rows.map(({ parent, status, key }) => {
          const change = { status, authorId: readers[0], ...(key !== null && { key: keys[key] ?? newId() }) }
          const to = parent === null ? undefined : model.comments.get(at(parent))
          return to === undefined ? comment(change) : replyTo({ ...to, depth: 0 }, change)
        })
        const stored = model.insert(rows)
        const written = await scene.insert(...rows)
        ids.push(...stored)
        agree(written, stored.length > 0)
        expect(written?.comments.map(({ id }) => id) ?? []).toEqual(stored)
        return
      }
      case 'edit':
        return agree(
          await scene.edit(at(given.of), { body: `edit ${before}`, status: given.status }),
          model.edit(at(given.of), `edit ${before}`, given.status),
        )
      case 'remove':
        return agree(await scene.remove(at(given.of)), model.remove(at(given.of)))
      case 'review':
        return agree(await scene.review(at(given.of), given.status), model.review(at(given.of), given.status))
      case 'react': {
        const by = readers[given.by] ?? newId()
        const written = await scene.react(at(given.of), by, given.kind, given.on)
        return agree(written, model.react(at(given.of), by, given.kind, given.on))
      }
      case 'close':
        model.close(given.closed)
        await opened.store.threads.setClosed(scene.siteId, scene.threadId, given.closed)
    }
  }

  test('the table, the counts and the answers match a naive model of the thread', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const scene = await openScene(opened.store)
        const model = createModel()
        const ids: string[] = []
        for (const given of steps) await perform(scene, model, ids, given)

        expect(await scene.thread()).toMatchObject({
          head: model.state.head,
          closed: model.state.closed,
          commentCount: model.commentCount(),
        })
        const rows = await scene.changedSince(0)
        expect(
          rows.map((stored) => ({
            ...{
              id: stored.id,
              seq: stored.seq,
              createdSeq: stored.createdSeq,
              status: stored.status,
              body: stored.body,
            },
            ...{
              listed: stored.listed,
              published: stored.published,
              replyCount: stored.replyCount,
              score: stored.score,
            },
            ...{ deleted: stored.deletedAt !== null, reactions: stored.reactions },
          })),
        ).toEqual(
          [...model.comments.values()]
            .toSorted((a, b) => a.seq - b.seq)
            .map((one) => {
              const totals = [...one.reactions]
                .map(([kind, by]) => [kind, by.size] as const)
                .filter(([, size]) => size > 0)
              return {
                ...{ id: one.id, seq: one.seq, createdSeq: one.createdSeq, status: one.status, body: one.body },
                ...{ listed: model.isListed(one), published: one.published, replyCount: model.replyCount(one) },
                score: totals.reduce((sum, [, size]) => sum + size, 0),
                ...{ deleted: one.deleted, reactions: Object.fromEntries(totals) },
              }
            }),
        )
      }),
      { numRuns: 40 },
    )
  }, 60_000)
})
