import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { type SmtpConduct, type SmtpServerHandle, startSmtp } from '@repartee/tools/servers/start-smtp'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { openPostgres } from '../../src/adapters/postgres/pool/open-postgres.ts'
import { noMetrics } from '../../testing/no-metrics.ts'
import { silent } from '../../testing/silent.ts'
import { sized } from '../../testing/sized.ts'

const KILLS = sized(9, 200)
const MAIL_EACH = 3

/** Where the server holds the mail of a process until that is killed. */
const moments: readonly {
  readonly name: string
  readonly conduct: SmtpConduct
  isHeld(s: SmtpServerHandle): number
}[] = [
  { name: 'before the message', conduct: 'hang at connect', isHeld: (server) => server.connections },
  { name: 'in the message', conduct: 'hang in data', isHeld: (server) => server.attempts },
  { name: 'after the message', conduct: 'keep silent', isHeld: (server) => server.received.length },
]

type Child = { committed(): string[]; kill(): Promise<void> }

const startChild = (databaseUrl: string, smtpUrl: string, changes: number): Child => {
  const script = fileURLToPath(new URL('./mail-child.ts', import.meta.url))
  const args = ['--conditions=source', '--import', 'tsx', script, databaseUrl, smtpUrl, String(changes)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  const exited = once(child, 'exit')
  return {
    committed: () => out.split('\n').slice(1, -1),
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

describe.runIf(installed('postgres'))('a process that is killed', () => {
  let smtp: SmtpServerHandle
  let url: string
  let databaseUrl: string
  let database: Awaited<ReturnType<typeof openPostgres>>
  beforeAll(async () => {
    smtp = await startSmtp()
    url = `smtp://127.0.0.1:${smtp.port}`
    databaseUrl = await (await sharedPostgres()).createDatabase()
    database = await openPostgres({ url: databaseUrl, log: silent, metrics: noMetrics, now: Date.now })
  })
  afterAll(async () => {
    await database?.close()
    await smtp?.stop()
  })

  test(`between the commit of a change and sending its mail, ${KILLS} times, loses none; a duplicate has the Message-ID of the first`, {
    timeout: 30 * 60_000,
  }, async () => {
    const { mail: outbox } = createStore(database.sql)
    const committed: string[] = []
    for (let kill = 0; kill < KILLS; kill += 1) {
      const moment = moments[kill % moments.length]
      if (moment === undefined) throw new Error('no moment')
      smtp.behave(moment.conduct)
      const held = moment.isHeld(smtp)
      const child = startChild(databaseUrl, url, MAIL_EACH)
      await vi.waitFor(() => expect(child.committed()).toHaveLength(MAIL_EACH), { timeout: 60_000, interval: 10 })
      await vi.waitFor(() => expect(moment.isHeld(smtp)).toBeGreaterThan(held), { timeout: 60_000, interval: 10 })
      await child.kill()
      committed.push(...child.committed())
    }
    expect(committed).toHaveLength(KILLS * MAIL_EACH)
    // Nothing was reported as sent, since no process lived to do so.
    expect((await outbox.backlog()).waiting).toBe(KILLS * MAIL_EACH)

    smtp.behave('accept')
    const last = startChild(databaseUrl, url, 0)
    await vi.waitFor(async () => expect((await outbox.backlog()).waiting).toBe(0), { timeout: 120_000, interval: 100 })
    await last.kill()

    const received = await Promise.all(smtp.received.map(({ raw }) => PostalMime.parse(raw)))
    const times = new Map<string, number>()
    for (const { messageId = '' } of received) times.set(messageId, (times.get(messageId) ?? 0) + 1)
    expect(new Set(times.keys())).toEqual(new Set(committed.map((id) => `<${id}@blog.example>`)))
    for (const id of times.keys()) {
      const copies = received.filter(({ messageId }) => messageId === id)
      expect(new Set(copies.map(({ to, subject, date }) => JSON.stringify([to, subject, date]))).size).toBe(1)
    }
    // Those that were held after the message were taken before the kill too.
    const doubled = [...times.values()].filter((count) => count > 1).length
    expect(doubled).toBeGreaterThan(0)
    console.info(
      `mail: ${KILLS} kills, ${committed.length} committed, ${times.size} arrived, ${doubled} of them more than once`,
    )
  })
})
