import { onlyOn } from '../src/adapters/postgres/dialect.ts'
import type { Migration } from './migration.ts'

/**
 * Where sites are embedded: what readers' browsers told, and what checks of pages found. Origins that a site does not
 * list expire, since strangers choose them.
 */
export const installations: Migration = {
  version: 5,
  statements: [
    `create table if not exists site_beacons (
      site_id uuid not null,
      kind text not null,
      origin text not null,
      url text not null,
      first_seen_at timestamptz(3) not null,
      last_seen_at timestamptz(3) not null,
      expires_at timestamptz(3),
      primary key (site_id, kind, origin),
      constraint site_beacons_kind_chk check (kind in ('seen', 'refused'))
    )`,
    `create table if not exists site_checks (
      site_id uuid not null,
      origin text not null,
      url text not null,
      findings jsonb not null default '[]',
      problem text,
      since timestamptz(3),
      checked_at timestamptz(3),
      due_at timestamptz(3) not null,
      primary key (site_id, origin)
    )`,
    `create index if not exists site_checks_due_ix on site_checks (due_at)`,
    onlyOn(
      'postgres',
      `create index if not exists site_beacons_expiry_ix on site_beacons (expires_at) where expires_at is not null`,
    ),
    onlyOn(
      'cockroach',
      `alter table site_beacons set (ttl_expiration_expression = 'expires_at', ttl_job_cron = '@daily')`,
    ),
  ],
}
