import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteExpiredCredentials } from '../../../src/adapters/postgres/queries/credential-queries.ts'
import type { Credential } from '../../../src/core/ports/credential-store.ts'
import { AT } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from './engines.ts'

const MANY = 1_100

describe.each(engines)('expired credentials, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())

  const credential = (expiresAt: number): Credential => {
    const [id, authorId] = [newId(), newId()]
    return { id, authorId, secretHash: 'h', previousHash: null, rotatedAt: AT, expiresAt }
  }

  test('two nodes delete all of them at once, of every site and in any number; other credentials stay', async () => {
    const { store, sql } = opened
    const [here, there] = [newId(), newId()]
    const kept = [credential(AT), credential(AT + 1), credential(AT + 1_000_000)]
    const gone = [credential(AT - 1), credential(AT - 1_000_000)]
    for (const each of [...kept, ...gone]) await store.credentials.create(here, each)
    await sql.query(
      `insert into credentials (site_id, id, author_id, secret_hash, rotated_at, expires_at)
      select $1::uuid, gen_random_uuid(), gen_random_uuid(), 'h', $2::timestamptz, $2::timestamptz
      from generate_series(1, $3::int8)`,
      [there, new Date(AT - 60_000).toISOString(), MANY],
      { repeatable: false },
    )
    const deleted = await Promise.all([1, 2].map(() => deleteExpiredCredentials(sql, AT)))
    expect(Math.max(...deleted)).toBeGreaterThan(0)
    expect(await sql.query('select id from credentials where site_id = $1::uuid', [there])).toEqual([])
    for (const { id } of gone) expect(await store.credentials.find(here, id)).toBeNull()
    for (const each of kept) expect(await store.credentials.find(here, each.id)).toEqual(each)
    expect(await deleteExpiredCredentials(sql, AT)).toBe(0)
  })
})
