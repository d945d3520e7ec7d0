import { onlyOn } from '../src/adapters/postgres/dialect.ts'
import type { Migration } from './migration.ts'

/**
 * Expired credentials are deleted by CockroachDB itself, elsewhere by the service, which needs an index to find them. On
 * CockroachDB that index would be a hotspot: every tenant would write to its end.
 */
export const expiredCredentials: Migration = {
  version: 2,
  statements: [
    onlyOn(
      'cockroach',
      `alter table credentials set (ttl_expiration_expression = 'expires_at', ttl_job_cron = '@daily')`,
    ),
    onlyOn('postgres', `create index if not exists credentials_expiry_ix on credentials (expires_at)`),
  ],
}
