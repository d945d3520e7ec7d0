import type { InstallationCheck } from '@repartee/sdk/protocol/admin'
import type { StoredCheck } from '../ports/installation-store.ts'

/** A stored check as the admin API shows it. */
export const toCheck = (stored: StoredCheck): InstallationCheck => ({
  url: stored.url,
  findings: [...stored.findings],
  checkedAt: stored.checkedAt,
  problem: stored.findings.find(({ kind }) => kind === stored.problem) ?? null,
  since: stored.since,
})
