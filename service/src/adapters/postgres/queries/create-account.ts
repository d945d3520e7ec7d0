import type { AccountStore, NewAccount } from '../../../core/ports/account-store.ts'
import type { Sql } from '../sql.ts'
import { type Row, timestamp } from '../sql-row.ts'
import { spent, spentParams } from './account-link-queries.ts'
import { accountColumns, changedAccount, toAccount } from './account-row.ts'
import { mailed, mailParams } from './mail-queries.ts'

/** `$4…` of an account; `operator` stands in the statement. */
const accountParams = (account: NewAccount): readonly unknown[] => [
  account.id,
  account.emailDigest,
  account.emailSealed,
  account.emailVerifiedAt === null ? null : timestamp(account.emailVerifiedAt),
  account.name,
  account.language,
  account.passwordHash,
  timestamp(account.createdAt),
  account.organisation.id,
  account.organisation.name,
]

/** Inserts the account of `$4…$11` for a spent link. */
const created = (operator: boolean, when: string): string => `created as (
  insert into accounts (id, email_digest, email_sealed, email_verified_at, name, language, password_hash, recovery_hashes,
    created_at, operator)
  select $4::text::uuid, $5::text, $6::text, $7::timestamptz, $8::text, $9::text, $10::text, array[]::text[],
    $11::timestamptz, ${operator}
  from spent where ${when}
  on conflict (email_digest) do nothing
  returning ${changedAccount})`

/** Two links can be spent at once, but of two inserts of one row the second waits for the first and does nothing. */
const claimed = `claimed as (
  insert into meta (name, value) select 'operator', $4::text from spent on conflict (name) do nothing returning name)`

/** Its organisation, and the account as the owner. */
const owned = `organisation as (
    insert into organisations (id, name, created_at)
    select $12::uuid, $13::text, $11::timestamptz from created
    returning id
  ),
  member as (
    insert into members (account_id, organisation_id, role, created_at)
    select c.id, o.id, 'owner', $11::timestamptz from created c cross join organisation o
    returning account_id
  )`

export const claimInstallation =
  (sql: Sql): AccountStore['claim'] =>
  async (link, account, mails) => {
    const rows = await sql.query<Row>(
      `with ${spent},
      ${claimed},
      ${created(true, 'exists (select 1 from claimed) and not exists (select 1 from accounts)')},
      ${owned},
      adopted as (
        update sites set organisation_id = o.id from organisation o where organisation_id is null returning sites.id
      ),
      ${mailed({ when: 'created', first: 14 })}
      select ${accountColumns('c')} from created c`,
      [...spentParams(link), ...accountParams(account), ...mailParams(mails)],
    )
    return rows[0] === undefined ? null : toAccount(rows[0])
  }

export const createAccount =
  (sql: Sql): AccountStore['create'] =>
  async (link, account, mails) => {
    const rows = await sql.query<Row>(
      `with ${spent},
      ${created(false, 'true')},
      ${owned},
      ${mailed({ when: 'created', first: 14 })}
      select c.id is null as taken, ${accountColumns('c')} from spent left join created c on true`,
      [...spentParams(link), ...accountParams(account), ...mailParams(mails)],
    )
    const [row] = rows
    if (row === undefined) return 'link_invalid'
    return row.taken === true ? 'taken' : toAccount(row)
  }
