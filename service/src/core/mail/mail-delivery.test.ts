import { newId } from '@repartee/sdk/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { noMetrics } from '../../../testing/no-metrics.ts'
import { sampleMail } from '../../../testing/sample-mail.ts'
import { silent } from '../../../testing/silent.ts'
import { testSecrets } from '../../../testing/test-secrets.ts'
import type { MailOutbox, NewMail } from '../ports/mail-outbox.ts'
import { MailFailure, type OutgoingMessage } from '../ports/mail-transport.ts'
import { composeMail } from './compose-mail.ts'
import { startMailDelivery } from './mail-delivery.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const { secrets } = testSecrets()

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

type Row = NewMail & { dueAt: number; state: 'waiting' | 'sent' | 'given up'; attempts: number; error: string | null }

/** The outbox as its port describes it, in memory. */
const memoryOutbox = () => {
  const rows = new Map<string, Row>()
  let isDown = false
  const reach = (): void => {
    if (isDown) throw new Error('the database is away')
  }
  const outbox: Pick<MailOutbox, 'claim' | 'sent' | 'failed'> = {
    claim: async ({ nowAt, untilAt, limit }) => {
      reach()
      const due = [...rows.values()]
        .filter((row) => row.state === 'waiting' && row.dueAt <= nowAt)
        .sort((a, b) => a.dueAt - b.dueAt)
        .slice(0, limit)
      for (const row of due) Object.assign(row, { dueAt: untilAt, attempts: row.attempts + 1 })
      return due.map((row) => ({ ...row }))
    },
    sent: async (id) => {
      reach()
      Object.assign(rows.get(id) ?? {}, { state: 'sent' })
    },
    failed: async (id, { error, nextAt }) => {
      reach()
      const row = rows.get(id)
      if (row?.state !== 'sent')
        Object.assign(row ?? {}, { error, ...(nextAt === null ? { state: 'given up' } : { dueAt: nextAt }) })
    },
  }
  const add = (to = 'ann@example.org'): string => {
    const mail = composeMail({ secrets, now: Date.now }, sampleMail('reset_password', { to }))
    rows.set(mail.id, { ...mail, dueAt: mail.createdAt, state: 'waiting', attempts: 0, error: null })
    return mail.id
  }
  const setDown = (value: boolean): void => {
    isDown = value
  }
  const states = (): string[] => [...rows.values()].map(({ state }) => state)
  return { outbox: outbox as MailOutbox, rows, add, setDown, states }
}

/** A mail server that does what the test says, and a delivery that uses it. */
const scene = (o: { claimMs?: number } = {}) => {
  const store = memoryOutbox()
  const sent: OutgoingMessage[] = []
  let act: (message: OutgoingMessage) => Promise<void> = async () => undefined
  let active = 0
  let most = 0
  const delivery = startMailDelivery({
    outbox: store.outbox,
    secrets,
    transport: {
      maxMs: 2 * MINUTE_MS,
      send: async (message) => {
        active += 1
        most = Math.max(most, active)
        try {
          await act(message)
          sent.push(message)
        } finally {
          active -= 1
        }
      },
    },
    sender: () => ({
      from: { name: '', address: 'comments@blog.example' },
      service: 'https://comments.example',
      dashboard: 'https://comments.example/dashboard',
    }),
    now: Date.now,
    log: silent,
    metrics: noMetrics,
    ...o,
  })
  return {
    ...store,
    sent,
    delivery,
    most: () => most,
    when: (next: (message: OutgoingMessage) => Promise<void>) => {
      act = next
    },
    ids: () => sent.map(({ messageId }) => messageId.slice(1, 37)),
  }
}

const fail = (kind: 'message' | 'later' | 'server') => async (): Promise<void> => {
  throw new MailFailure(kind, `no (${kind})`)
}
const hang = () => new Promise<void>(() => undefined)

describe('mail of the outbox', () => {
  test('is sent at once when the delivery is woken, and within seconds otherwise', async () => {
    const { add, delivery, ids, states } = scene()
    const first = add()
    delivery.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(ids()).toEqual([first])
    const second = add()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ids()).toEqual([first, second])
    expect(states()).toEqual(['sent', 'sent'])
    await delivery.close()
  })

  test('is sent by at most four connections, all of it in a row', async () => {
    const { add, delivery, most, when, ids } = scene()
    when(() => new Promise((resolve) => setTimeout(resolve, 100)))
    const all = Array.from({ length: 50 }, () => add())
    delivery.wake()
    await vi.advanceTimersByTimeAsync(100 * 13)
    expect(ids().sort()).toEqual(all.sort())
    expect(most()).toBe(4)
    await delivery.close()
  })

  test('is given up when the server refuses it, and the others are sent', async () => {
    const { add, rows, delivery, when, ids } = scene()
    when(async ({ to }) => (to.startsWith('gone') ? fail('message')() : undefined))
    const [gone, ann] = [add('gone@example.org'), add()]
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ids()).toEqual([ann])
    expect(rows.get(gone)).toMatchObject({ state: 'given up', error: 'no (message)', attempts: 1 })
    await delivery.close()
  })

  test('is tried again for five days when the server asks for it, ever more rarely, and then given up', async () => {
    const { add, rows, delivery, when, ids } = scene()
    when(async ({ to }) => (to.startsWith('busy') ? fail('later')() : undefined))
    const busy = add('busy@example.org')
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(rows.get(busy)?.attempts).toBeGreaterThan(5)
    expect(rows.get(busy)?.attempts).toBeLessThan(20)
    const meanwhile = add()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ids()).toEqual([meanwhile])
    await vi.advanceTimersByTimeAsync(5 * 24 * HOUR_MS)
    expect(rows.get(busy)).toMatchObject({ state: 'given up' })
    expect(rows.get(busy)?.attempts).toBeLessThan(150)
    await delivery.close()
  })

  test('waits while the server is away, however long; one at a time is tried; then all is sent within a minute or two', async () => {
    const { add, delivery, when, ids, most, states } = scene()
    when(fail('server'))
    const all = Array.from({ length: 30 }, () => add())
    await vi.advanceTimersByTimeAsync(10_000)
    expect(delivery.problem()).toBe('no (server)')
    let attempts = 0
    when(() => {
      attempts += 1
      return fail('server')()
    })
    await vi.advanceTimersByTimeAsync(12 * HOUR_MS)
    // Once a minute.
    expect(attempts).toBeGreaterThan(600)
    expect(attempts).toBeLessThan(800)
    expect(states().every((state) => state === 'waiting')).toBe(true)
    when(async () => undefined)
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS)
    expect(ids().sort()).toEqual(all.sort())
    expect(delivery.problem()).toBeNull()
    expect(most()).toBeLessThanOrEqual(4)
    await delivery.close()
  })

  test('is not held up by one mail that the server always hangs up on', async () => {
    const { add, delivery, when, ids } = scene()
    when(async ({ to }) => (to.startsWith('poison') ? fail('server')() : undefined))
    add('poison@example.org')
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS)
    const later = Array.from({ length: 20 }, () => add())
    await vi.advanceTimersByTimeAsync(5 * MINUTE_MS)
    expect(ids().sort()).toEqual(later.sort())
    await delivery.close()
  })

  test('that this version cannot read waits for one that can, and disturbs nothing', async () => {
    const { add, rows, delivery, ids } = scene()
    const unknown = { id: newId(), kind: 'of a newer version', createdAt: Date.now() }
    const place = { table: 'mail_outbox', column: 'sealed', row: unknown.id } as const
    const sealed = secrets.seal(place, JSON.stringify({ to: 'a@b.example', language: 'en', message: { kind: 'x' } }))
    rows.set(unknown.id, { ...unknown, sealed, dueAt: 0, state: 'waiting', attempts: 0, error: null })
    const known = add()
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(ids()).toEqual([known])
    expect(rows.get(unknown.id)).toMatchObject({ state: 'waiting' })
    expect(delivery.problem()).toBeNull()
    await delivery.close()
  })

  test('whose outcome cannot be stored is marked when the database is back, without being sent again', async () => {
    const { add, rows, delivery, setDown, when, sent } = scene()
    when(async () => setDown(true))
    const id = add()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(rows.get(id)?.state).toBe('waiting')
    setDown(false)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(rows.get(id)?.state).toBe('sent')
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(sent).toHaveLength(1)
    await delivery.close()
  })

  test('is sent again, under the same Message-ID, when its outcome was never stored', async () => {
    const { add, rows, delivery, setDown, when, ids } = scene()
    when(async () => setDown(true))
    const id = add()
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS)
    when(async () => undefined)
    setDown(false)
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS)
    expect(ids()).toEqual([id, id])
    expect(rows.get(id)?.state).toBe('sent')
    await delivery.close()
  })

  test('is claimed for longer than the transport may take, so that nobody else sends it meanwhile', async () => {
    const { add, rows, delivery, when } = scene()
    when(hang)
    const id = add()
    delivery.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect((rows.get(id)?.dueAt ?? 0) - Date.now()).toBeGreaterThan(2 * MINUTE_MS)
    void delivery.close()
  })
})

describe('closing', () => {
  test('waits for what is being sent, and takes nothing more', async () => {
    const { add, delivery, when, ids, states } = scene()
    let finish = (): void => undefined
    when(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve
        }),
    )
    const first = add()
    delivery.wake()
    await vi.advanceTimersByTimeAsync(0)
    add()
    let isClosed = false
    const closing = delivery.close().then(() => {
      isClosed = true
    })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(isClosed).toBe(false)
    finish()
    await closing
    expect(ids()).toEqual([first])
    expect(states()).toEqual(['sent', 'waiting'])
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(ids()).toEqual([first])
  })

  test('does not wait for a server that hangs', async () => {
    const { add, delivery, when } = scene()
    when(hang)
    add()
    delivery.wake()
    await vi.advanceTimersByTimeAsync(0)
    let isClosed = false
    void delivery.close().then(() => {
      isClosed = true
    })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(isClosed).toBe(true)
  })
})
