import type { DueMail, FailedMail, MailOutbox, NewMail } from '../../../core/ports/mail-outbox.ts'
import { repeatable, type Sql } from '../sql.ts'
import { epochMs, int, optional, type Row, text, timestamp } from '../sql-row.ts'
import { inBatches } from './in-batches.ts'

const DAY_MS = 24 * 60 * 60_000
/** Long enough that a statement sent again finds the mail it stored before. */
const SENT_KEPT_MS = 7 * DAY_MS
const GIVEN_UP_KEPT_MS = 30 * DAY_MS

/**
 * The common table expression `mailed`, which stores mail in the statement of the change that causes it: all of it if
 * the expression `when` has a row, else none. It takes four parameters, from `$first` on: `mailParams(mail)`. A mail
 * that is stored already is left as it is, so a statement that is sent twice sends its mail once.
 */
export const mailed = ({ when, first }: { when: string; first: number }): string => `mailed as (
  insert into mail_outbox (id, kind, sealed, created_at, next_attempt_at)
  select m.id, m.kind, m.sealed, m.created_at, m.created_at
  from unnest($${first}::uuid[], $${first + 1}::text[], $${first + 2}::text[], $${first + 3}::timestamptz[])
    as m(id, kind, sealed, created_at)
  where exists (select 1 from ${when})
  on conflict (id) do nothing
  returning id)`

/** The parameters of `mailed`. */
export const mailParams = (mail: readonly NewMail[]): readonly unknown[] => [
  mail.map(({ id }) => id),
  mail.map(({ kind }) => kind),
  mail.map(({ sealed }) => sealed),
  mail.map(({ createdAt }) => timestamp(createdAt)),
]

/** The columns `toDue` reads. */
const dueColumns = `m.id, m.kind, m.sealed, m.attempts, ${epochMs('m.created_at')} as created_at`

/** A row of `dueColumns`. */
const toDue = (row: Row): DueMail => ({
  id: text(row.id),
  kind: text(row.kind),
  sealed: text(row.sealed),
  attempts: int(row.attempts),
  createdAt: int(row.created_at),
})

const toFailed = (row: Row): FailedMail => ({
  ...toDue(row),
  lastError: text(row.last_error ?? ''),
  givenUpAt: int(row.given_up_at),
})

export const addMail =
  (sql: Sql): MailOutbox['add'] =>
  async (mail) => {
    await sql.query(
      `with made as (select 1 as one), ${mailed({ when: 'made', first: 1 })} select id from mailed`,
      mailParams([mail]),
      repeatable,
    )
  }

/** The rows are chosen first and once: in a join they could be chosen again, and more than `limit` be claimed. */
export const claimMail =
  (sql: Sql): MailOutbox['claim'] =>
  async ({ nowAt, untilAt, limit }) => {
    const rows = await sql.query<Row>(
      `with due as materialized (
        select id from mail_outbox
        where sent_at is null and given_up_at is null and next_attempt_at <= $1::timestamptz
        order by next_attempt_at limit $3::int8 for update skip locked)
      update mail_outbox m set attempts = m.attempts + 1, next_attempt_at = $2::timestamptz
      from due where m.id = due.id
      returning ${dueColumns}`,
      [timestamp(nowAt), timestamp(untilAt), limit],
    )
    return rows.map(toDue)
  }

export const markSent =
  (sql: Sql): MailOutbox['sent'] =>
  async (id, at) => {
    await sql.query(
      `update mail_outbox set sent_at = $2::timestamptz, expires_at = $3::timestamptz, sealed = null, last_error = null,
        given_up_at = null
      where id = $1::uuid and sent_at is null`,
      [id, timestamp(at), timestamp(at + SENT_KEPT_MS)],
      repeatable,
    )
  }

export const markFailed =
  (sql: Sql): MailOutbox['failed'] =>
  async (id, { error, nowAt, nextAt }) => {
    const isGivenUp = nextAt === null
    await sql.query(
      `update mail_outbox set last_error = $2::text, next_attempt_at = $3::timestamptz, given_up_at = $4::timestamptz,
        expires_at = $5::timestamptz
      where id = $1::uuid and sent_at is null`,
      [
        id,
        error,
        timestamp(nextAt ?? nowAt),
        isGivenUp ? timestamp(nowAt) : null,
        isGivenUp ? timestamp(nowAt + GIVEN_UP_KEPT_MS) : null,
      ],
      repeatable,
    )
  }

export const findMail =
  (sql: Sql): MailOutbox['find'] =>
  async (id) => {
    const rows = await sql.query<Row>(
      `select m.sent_at is not null as sent, m.given_up_at is not null as given_up, m.last_error from mail_outbox m
      where m.id = $1::uuid`,
      [id],
    )
    const [row] = rows
    if (row === undefined) return null
    return {
      state: row.sent === true ? 'sent' : row.given_up === true ? 'given_up' : 'waiting',
      lastError: optional(row.last_error, text),
    }
  }

export const listFailedMail =
  (sql: Sql): MailOutbox['listFailed'] =>
  async ({ before, limit }) => {
    const rows = await sql.query<Row>(
      `select ${dueColumns}, m.last_error, ${epochMs('m.given_up_at')} as given_up_at from mail_outbox m
      where m.given_up_at is not null and m.id < coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
      order by m.id desc limit $2::int8`,
      [before, limit],
    )
    return rows.map(toFailed)
  }

/** If the answer of an earlier attempt was lost, the mail is as that attempt left it. */
export const retryMail =
  (sql: Sql): MailOutbox['retry'] =>
  async (id, nowAt) => {
    const rows = await sql.query(
      `update mail_outbox set attempts = 0, next_attempt_at = $2::timestamptz, given_up_at = null, expires_at = null,
        last_error = 'tried again on request'
      where id = $1::uuid and sent_at is null and (given_up_at is not null
        or (attempts = 0 and next_attempt_at = $2::timestamptz and last_error = 'tried again on request'))
      returning id`,
      [id, timestamp(nowAt)],
      repeatable,
    )
    return rows.length === 1
  }

export const readMailBacklog =
  (sql: Sql): MailOutbox['backlog'] =>
  async () => {
    const rows = await sql.query<Row>(
      `select w.waiting, ${epochMs('w.oldest')} as oldest_at, g.given_up
      from (select count(*) as waiting, min(d.created_at) as oldest from (
        select created_at from mail_outbox where sent_at is null and given_up_at is null
        order by next_attempt_at limit 10000) d) w
      cross join (select count(*) as given_up from (
        select id from mail_outbox where given_up_at is not null order by id limit 10000) f) g`,
      [],
    )
    const [row = {}] = rows
    return { waiting: int(row.waiting), oldestAt: optional(row.oldest_at, int), givenUp: int(row.given_up) }
  }

/** Delete mail that was sent or given up and whose time was over before a time, in batches. Resolves with their number. */
export const deleteExpiredMail = (sql: Sql, before: number): Promise<number> =>
  inBatches(async (limit) => {
    // Read first, so that nothing is written when none has expired.
    const expired = await sql.query<Row>(
      `select m.id from mail_outbox m where m.expires_at < $1::timestamptz order by m.expires_at limit $2::int8`,
      [timestamp(before), limit],
    )
    if (expired.length > 0)
      await sql.query(
        `delete from mail_outbox where id in (select e.id from unnest($1::uuid[]) as e(id)) and expires_at < $2::timestamptz`,
        [expired.map((row) => row.id), timestamp(before)],
        repeatable,
      )
    return expired.length
  })
