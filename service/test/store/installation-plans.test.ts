import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteExpiredBeacons } from '../../src/adapters/postgres/queries/installation-queries.ts'
import type { Store } from '../../src/core/ports/store.ts'
import { explain } from '../../testing/explain.ts'
import { sized } from '../../testing/sized.ts'
import { AT } from '../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from '../contract/store/engines.ts'

const SITES = sized(2_000, 10_000)
/** Ten beacons of a site, half of them refused, and five checks. */
const BEACONS = 10
const CHECKS = 5
const site = '00000000-0000-7000-8000-0000000003e8'
const idOf = `('00000000-0000-7000-8000-' || lpad(to_hex(s), 12, '0'))::uuid`

describe.each(engines.filter(({ losesAnswers }) => losesAnswers !== true))(
  'plans of installations, $name',
  (engine) => {
    let opened: OpenStore
    beforeAll(async () => {
      opened = await openStore(engine)
      await opened.sql.query(
        `insert into site_beacons (site_id, kind, origin, url, first_seen_at, last_seen_at, expires_at)
      select ${idOf}, case when n % 2 = 0 then 'seen' else 'refused' end, 'https://h' || n || '.example', '', now(), now(),
        case when n % 2 = 0 then null else now() + (s::text || ' minutes')::interval end
      from generate_series(1, $1::int8) s, generate_series(1, $2::int8) n`,
        [SITES, BEACONS],
      )
      await opened.sql.query(
        `insert into site_checks (site_id, origin, url, findings, checked_at, due_at)
      select ${idOf}, 'https://h' || n || '.example', '', '[{"kind":"not_in_html"}]', now(), now() + (s::text || ' minutes')::interval
      from generate_series(1, $1::int8) s, generate_series(1, $2::int8) n`,
        [SITES, CHECKS],
      )
      await opened.sql.query('vacuum (analyze)', [])
    })
    afterAll(() => opened.close())

    const beacon = { siteId: site, kind: 'refused', origin: 'https://new.example', url: '', seenAt: AT } as const
    const page = { siteId: site, origin: 'https://new.example', url: 'https://new.example/' }
    const check = { ...page, findings: [], problem: null, checkedAt: AT, dueAt: AT }

    test.each<[name: string, indexes: string[], call: (store: Store) => Promise<unknown>]>([
      ['reading beacons', ['site_beacons_pkey'], ({ installations }) => installations.readBeacons(site)],
      ['recording beacons', ['site_beacons_pkey'], ({ installations }) => installations.recordBeacons([beacon])],
      ['reading checks', ['site_checks_pkey'], ({ installations }) => installations.readChecks(site)],
      ['forgetting a check', ['site_checks_pkey'], ({ installations }) => installations.forgetCheck(site, page.origin)],
      [
        'claiming checks',
        ['site_checks_due_ix', 'site_checks_pkey'],
        ({ installations }) => installations.claimChecks({ nowAt: Date.now() + 600_000, untilAt: AT, limit: 4 }),
      ],
      ['saving a check', [], ({ installations }) => installations.saveCheck(check)],
      ['noting pages', [], ({ installations }) => installations.addPages([page], AT)],
    ])('%s uses its index and scans no table', async (_, indexes, call) => {
      const plan = await explain(opened.sql, call)
      expect(plan.indexes).toEqual(expect.arrayContaining(indexes))
      expect(plan.scans.filter((table) => table.startsWith('site_'))).toEqual([])
    })

    test('finding expired beacons uses its index', async () => {
      const texts: string[] = []
      const sql = {
        query: async <Row>(text: string): Promise<Row[]> => {
          texts.push(text)
          return []
        },
      }
      await deleteExpiredBeacons(sql, Date.now())
      const rows = await opened.sql.query(`explain (format json) ${texts[0]}`, [new Date().toISOString(), 500])
      expect(JSON.stringify(rows)).toContain('site_beacons_expiry_ix')
    })
  },
)
