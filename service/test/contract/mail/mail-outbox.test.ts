import { newId } from '@repartee/sdk/protocol'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { deleteExpiredMail, mailed, mailParams } from '../../../src/adapters/postgres/queries/mail-queries.ts'
import type { MailOutbox, NewMail } from '../../../src/core/ports/mail-outbox.ts'
import { AT } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from '../store/engines.ts'

const DAY_MS = 24 * 60 * 60_000

const newMail = (change: Partial<NewMail> = {}): NewMail => ({
  id: newId(),
  kind: 'test',
  sealed: 'sealed',
  createdAt: AT,
  ...change,
})

describe.each(engines)('the outbox, $name', (engine) => {
  let opened: OpenStore
  let outbox: MailOutbox
  beforeAll(async () => {
    opened = await openStore(engine)
    outbox = opened.store.mail
  })
  afterAll(() => opened.close())
  afterEach(() => opened.sql.query('delete from mail_outbox where true', []))

  const claim = (nowAt: number, limit = 100, forMs = 60_000) => outbox.claim({ nowAt, untilAt: nowAt + forMs, limit })
  const ids = (mail: readonly { id: string }[]) => mail.map(({ id }) => id)

  test('mail is claimed as it was stored, the oldest first, and not again while the claim lasts', async () => {
    const [later, earlier] = [newMail({ createdAt: AT + 1 }), newMail({ kind: 'other', sealed: 's' })]
    await outbox.add(later)
    await outbox.add(earlier)
    await outbox.add(earlier)
    expect(await claim(AT - 1)).toEqual([])
    const claimed = await claim(AT + 1)
    expect([...claimed].sort((a, b) => a.createdAt - b.createdAt)).toEqual([
      { ...earlier, attempts: 1 },
      { ...later, attempts: 1 },
    ])
    expect(await claim(AT + 60_000)).toEqual([])
    expect(await claim(AT + 60_001)).toHaveLength(2)
  })

  test('a claim takes no more than its limit, and the longest due', async () => {
    const mail = Array.from({ length: 20 }, (_, n) => newMail({ createdAt: AT + n }))
    for (const one of mail) await outbox.add(one)
    expect(ids(await claim(AT + 100, 3)).sort()).toEqual(ids(mail.slice(0, 3)).sort())
    expect(ids(await claim(AT + 100, 2)).sort()).toEqual(ids(mail.slice(3, 5)).sort())
    expect(await claim(AT + 100)).toHaveLength(15)
  })

  test('many claimers at once get every mail, each one once', async () => {
    const mail = Array.from({ length: 60 }, (_, n) => newMail({ createdAt: AT + n }))
    await Promise.all(mail.map((one) => outbox.add(one)))
    const got = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const mine: string[] = []
        for (let last = -1; mine.length !== last; ) {
          last = mine.length
          mine.push(...ids(await claim(AT + 100, 4)))
        }
        return mine
      }),
    )
    // A claimer that finds all rows locked by others stops early; what it left is still there.
    const rest = ids(await claim(AT + 100))
    const all = [...got.flat(), ...rest]
    expect(all).toHaveLength(60)
    expect(new Set(all)).toEqual(new Set(ids(mail)))
  })

  test('sent mail is not sent again, forgets its content and cannot be stored again', async () => {
    const mail = newMail()
    await outbox.add(mail)
    await claim(AT)
    await outbox.sent(mail.id, AT + 5)
    await outbox.add(mail)
    await outbox.failed(mail.id, { error: 'late', nowAt: AT + 6, nextAt: AT + 7 })
    expect(await claim(AT + DAY_MS)).toEqual([])
    expect(await outbox.retry(mail.id, AT)).toBe(false)
    expect(await outbox.backlog()).toEqual({ waiting: 0, oldestAt: null, givenUp: 0 })
    expect(await opened.sql.query('select id, sealed from mail_outbox', [])).toEqual([{ id: mail.id, sealed: null }])
  })

  test('failed mail waits until its next attempt and counts its attempts', async () => {
    const mail = newMail()
    await outbox.add(mail)
    await claim(AT)
    await outbox.failed(mail.id, { error: 'busy', nowAt: AT + 1, nextAt: AT + 50 })
    expect(await claim(AT + 49)).toEqual([])
    expect(await claim(AT + 50)).toEqual([{ ...mail, attempts: 2 }])
  })

  test('given-up mail is listed, the newest first and page by page, until it is tried again', async () => {
    const mail = Array.from({ length: 5 }, () => newMail())
    for (const { id } of mail) {
      await outbox.add(newMail({ id }))
      await outbox.failed(id, { error: `no ${id}`, nowAt: AT + 9, nextAt: null })
    }
    expect(await claim(AT + DAY_MS)).toEqual([])
    expect(await outbox.backlog()).toEqual({ waiting: 0, oldestAt: null, givenUp: 5 })
    const newest = ids(mail).sort().reverse()
    const first = await outbox.listFailed({ before: null, limit: 3 })
    const second = await outbox.listFailed({ before: first.at(-1)?.id ?? null, limit: 3 })
    expect(ids([...first, ...second])).toEqual(newest)
    expect(first[0]).toMatchObject({ lastError: `no ${newest[0]}`, givenUpAt: AT + 9, attempts: 0, sealed: 'sealed' })

    const id = newest[2] ?? ''
    expect(await outbox.retry(id, AT + 20)).toBe(true)
    expect(await outbox.retry(newId(), AT + 20)).toBe(false)
    expect(ids(await outbox.listFailed({ before: null, limit: 10 }))).not.toContain(id)
    expect(await claim(AT + 20)).toMatchObject([{ id, attempts: 1 }])
  })

  test('the backlog counts what waits, also what is claimed, and says since when', async () => {
    await outbox.add(newMail({ createdAt: AT + 10 }))
    await outbox.add(newMail({ createdAt: AT + 20 }))
    await claim(AT + 10)
    expect(await outbox.backlog()).toEqual({ waiting: 2, oldestAt: AT + 10, givenUp: 0 })
  })

  test('sent mail is deleted after a week, given-up mail after a month, waiting mail never', async () => {
    const [sent, givenUp, waiting] = [newMail(), newMail(), newMail()]
    for (const mail of [sent, givenUp, waiting]) await outbox.add(mail)
    await outbox.sent(sent.id, AT)
    await outbox.failed(givenUp.id, { error: 'no', nowAt: AT, nextAt: null })
    const stored = async () =>
      (await opened.sql.query<{ id: string }>('select id from mail_outbox', [])).map(({ id }) => id).sort()
    await deleteExpiredMail(opened.sql, AT + 7 * DAY_MS)
    expect(await stored()).toEqual(ids([sent, givenUp, waiting]).sort())
    await deleteExpiredMail(opened.sql, AT + 7 * DAY_MS + 1)
    expect(await stored()).toEqual(ids([givenUp, waiting]).sort())
    await deleteExpiredMail(opened.sql, AT + 1_000 * DAY_MS)
    expect(await stored()).toEqual([waiting.id])
  })

  describe('in the statement of a change', () => {
    /** Registers a site with its mail, as the statement of any change would. */
    const change = (name: string, mail: readonly NewMail[]) =>
      opened.sql.query(
        `with changed as (
          insert into organisations (id, name, created_at) select $1::uuid, $2::text, now() where $2::text <> 'refused'
          returning id),
        ${mailed({ when: 'changed', first: 3 })}
        select id from changed`,
        [newId(), name, ...mailParams(mail)],
      )

    test('all its mail is stored, or none when nothing was changed', async () => {
      const mail = [newMail(), newMail({ kind: 'other' }), newMail()]
      expect(await change('refused', mail)).toEqual([])
      expect(await claim(AT)).toEqual([])
      expect(await change('made', mail)).toHaveLength(1)
      expect(ids(await claim(AT)).sort()).toEqual(ids(mail).sort())
    })

    test('a change without mail is made, and one whose mail was stored before does not store it twice', async () => {
      expect(await change('made', [])).toHaveLength(1)
      const mail = newMail()
      await change('made', [mail])
      await outbox.sent(mail.id, AT)
      expect(await change('made', [mail])).toHaveLength(1)
      expect(await claim(AT)).toEqual([])
    })
  })

  test('whatever happens in whatever order, a mail is sent, given up or comes again', async () => {
    const step = fc.constantFrom('claim', 'sent', 'again', 'give up', 'retry', 'lose')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const mail = newMail()
        await outbox.add(mail)
        let state: 'waiting' | 'sent' | 'given up' = 'waiting'
        let dueAt = AT
        let nowAt = AT
        for (const what of steps) {
          nowAt += 1_000
          if (what === 'claim') {
            const due = await outbox.claim({ nowAt, untilAt: nowAt + 5_000, limit: 10 })
            const expected = state === 'waiting' && dueAt <= nowAt
            expect(ids(due).includes(mail.id)).toBe(expected)
            if (expected) dueAt = nowAt + 5_000
          } else if (what === 'sent') {
            await outbox.sent(mail.id, nowAt)
            state = 'sent'
          } else if (what === 'again' || what === 'give up') {
            const nextAt = what === 'again' ? nowAt + 2_000 : null
            await outbox.failed(mail.id, { error: 'x', nowAt, nextAt })
            if (state === 'sent') continue
            state = nextAt === null ? 'given up' : 'waiting'
            dueAt = nextAt ?? nowAt
          } else if (what === 'retry') {
            expect(await outbox.retry(mail.id, nowAt)).toBe(state === 'given up')
            if (state === 'given up') [state, dueAt] = ['waiting', nowAt]
          } else nowAt += 5_000
        }
        const last = await outbox.claim({ nowAt: nowAt + 10_000, untilAt: nowAt + 20_000, limit: 10 })
        expect(ids(last).includes(mail.id)).toBe(state === 'waiting')
        await opened.sql.query('delete from mail_outbox where true', [])
      }),
      { numRuns: 40 },
    )
  })
})
