import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountCalls } from '../../testing/account-statements.ts'
import { explain } from '../../testing/explain.ts'
import { sized } from '../../testing/sized.ts'
import { engines, type OpenStore, openStore } from '../contract/store/engines.ts'

const ACCOUNTS = sized(20_000, 100_000)
const SITES = sized(2_000, 10_000)
const STEP = 10_000

const id = (part: string): string => `('00000000-0000-7000-8000-' || lpad(to_hex(${part}), 12, '0'))::uuid`

/** `$1` to `$2` are the numbers of the rows. */
const fills = [
  `insert into accounts (id, email_digest, email_sealed, name, password_hash, recovery_hashes, created_at)
    select ${id('g')}, md5(g::text), repeat('s', 200), 'Ann', repeat('h', 90), '{}', now()`,
  `insert into organisations (id, name, created_at) select ${id('g')}, 'Ann', now()`,
  `insert into members (account_id, organisation_id, role, created_at) select ${id('g')}, ${id('g')}, 'owner', now()`,
  `insert into account_sessions (id, account_id, token_hash, state, device, created_at, last_used_at, expires_at)
    select ${id('g')}, ${id('g % 5000')}, md5(g::text), 'signed_in', 'Firefox', now(), now(), now() + interval '1 day'`,
  `insert into account_links (hash, purpose, account_id, created_at, expires_at)
    select md5(g::text), case when g % 1000 = 0 then 'sign_up' else 'use_passkey' end, ${id('g')}, now(),
      now() + interval '1 day'`,
  `insert into email_changes (account_id, email_digest, email_sealed, old_hash, new_hash, expires_at)
    select ${id('g')}, md5(g::text), 's', 'o' || g, 'n' || g, now() + interval '1 day'`,
  `insert into passkeys (id, account_id, public_key, counter, transports, name, created_at)
    select 'k' || g, ${id('g % 5000')}, 'p', 0, '{}', 'Laptop', now()`,
]

/** The tables that are filled here; others are empty, and a scan of an empty table is the right plan. */
const filled = fills.map((fill) => /insert into (\w+)/.exec(fill)?.[1] ?? '')

/** What may scan: it happens once, stops at the first row, or is asked for by operators. */
const rare: readonly string[] = ['any', 'claim', 'listLinks', 'operatorOrganisation']

describe.each(engines)('plans of accounts, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
    for (const fill of fills)
      for (let from = 1; from <= ACCOUNTS; from += STEP)
        await opened.sql.query(`${fill} from generate_series($1::int8, $2::int8) g`, [
          from,
          Math.min(from + STEP - 1, ACCOUNTS),
        ])
    await opened.sql.query(
      `insert into sites (id, public_key, name, origins, settings, created_at, organisation_id, deletes_at)
      select ${id('g')}, 'site-' || g, 'Blog', '[]', '{}', now(), ${id('g % 500')},
        case when g % 500 = 0 then now() end
      from generate_series(1, $1::int8) g`,
      [SITES],
    )
    await opened.sql.query('vacuum (analyze)', [])
  })
  afterAll(() => opened.close())

  const calls = accountCalls(new Proxy({}, { get: () => ({}) }) as never).length
  test('every call has a statement here', () => {
    expect(calls).toBeGreaterThan(50)
  })

  test('no statement about accounts scans a table', async () => {
    const scanned: string[] = []
    for (let index = 0; index < calls; index += 1) {
      let name = ''
      const plan = await explain(
        opened.sql,
        (store) => accountCalls(named(store, (called) => (name = called)))[index]?.() ?? Promise.resolve(),
      )
      const scans = plan.scans.filter((table) => filled.includes(table))
      if (!rare.includes(name) && scans.length > 0) scanned.push(`${name}: ${scans.join(', ')}`)
    }
    expect(scanned).toEqual([])
  })

  test('the sites of an organisation, and those that are due, are found by index', async () => {
    const plans = [
      await explain(opened.sql, ({ sites }) => sites.listOwned(['00000000-0000-7000-8000-000000000001'], null, 50)),
      await explain(opened.sql, ({ siteData }) => siteData.due(0, 10)),
    ]
    expect(plans.map(({ scans }) => scans)).toEqual([[], []])
    expect(plans.map(({ indexes }) => indexes)).toEqual([['sites_organisation_ix'], ['sites_deletes_ix']])
  })
})

/** The same store, which tells the name of each method that is called. */
const named = <S extends object>(store: S, tell: (name: string) => void): S =>
  Object.fromEntries(
    Object.entries(store).map(([part, methods]: [string, unknown]) => [
      part,
      typeof methods !== 'object' || methods === null
        ? methods
        : Object.fromEntries(
            Object.entries(methods).map(([name, method]: [string, (...args: never[]) => unknown]) => [
              name,
              (...args: never[]) => {
                tell(name)
                return method(...args)
              },
            ]),
          ),
    ]),
  ) as S
