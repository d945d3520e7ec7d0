import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sealedColumns } from '../../src/core/secrets/sealed-columns.ts'
import { explain } from '../../testing/explain.ts'
import { sized } from '../../testing/sized.ts'
import { engines, type OpenStore, openStore } from '../contract/store/engines.ts'

const ROWS = sized(20_000, 100_000)
const STEP = 10_000

/** One value in 5,000 needs the key `rare`. */
const sealed = `'v1.' || case when g % 5000 = 1 then 'rare' else 'usual' end || '.' || repeat('x', 150)`

const fills: Readonly<Record<string, string>> = {
  accounts: `insert into accounts (id, email_digest, email_sealed, totp_sealed, totp_pending_sealed, name,
      recovery_hashes, created_at)
    select gen_random_uuid(), md5(g::text), ${sealed}, ${sealed}, ${sealed}, 'Ann', '{}', now()`,
  account_links: `insert into account_links (hash, purpose, sealed, created_at, expires_at)
    select md5(g::text), 'test', ${sealed}, now(), now()`,
  email_changes: `insert into email_changes (account_id, email_digest, email_sealed, old_hash, new_hash, expires_at)
    select gen_random_uuid(), md5(g::text), ${sealed}, 'a', 'b', now()`,
  mail_outbox: `insert into mail_outbox (id, kind, sealed, created_at, next_attempt_at)
    select gen_random_uuid(), 'test', ${sealed}, now(), now()`,
}

describe.each(engines)('plans of a rotation, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
    for (const fill of Object.values(fills))
      for (let from = 1; from <= ROWS; from += STEP)
        await opened.sql.query(`${fill} from generate_series($1::int8, $2::int8) g`, [
          from,
          Math.min(from + STEP - 1, ROWS),
        ])
    await opened.sql.query('vacuum (analyze)', [])
  })
  afterAll(() => opened.close())

  // The secrets of the service are a few rows.
  test.each(sealedColumns.filter(({ table }) => table !== 'service_secrets'))('$table.$column', async (column) => {
    const plans = [
      await explain(opened.sql, (store) => store.sealed.nextKeyId(column, '')),
      await explain(opened.sql, (store) => store.sealed.count(column, 'rare')),
      await explain(opened.sql, (store) => store.sealed.page(column, 'rare', null, 200)),
    ]
    for (const { scans, indexes } of plans) expect([scans, indexes]).toEqual([[], [expect.stringMatching(/_key_ix$/)]])
    const changes = [{ row: column.keyType === 'uuid' ? newId() : 'a', from: 'a', to: 'b' }]
    const plan = await explain(opened.sql, (store) => store.sealed.replace(column, changes))
    expect([plan.scans, plan.indexes]).toEqual([[], [`${column.table}_pkey`]])
  })
})
