import { parseInput } from '@repartee/sdk/protocol'
import { languageSchema, organisationRoleSchema } from '@repartee/sdk/protocol/admin'
import type { Account, Membership } from '../../../core/account.ts'
import { epochMs, int, optional, type Row, text } from '../sql-row.ts'

/** What a change returns, for `accountColumns` to read. Not `*`, whose meaning changes with the table. */
export const changedAccount = `id, email_sealed, email_verified_at, name, language, operator, password_hash, totp_sealed,
  totp_last_step, recovery_hashes, suspended_at, created_at`

/** The columns `toAccount` reads, of a table or CTE with this alias. */
export const accountColumns = (a: string): string => `${a}.id, ${a}.email_sealed,
  ${epochMs(`${a}.email_verified_at`)} as email_verified_at, ${a}.name, ${a}.language, ${a}.operator, ${a}.password_hash,
  ${a}.totp_sealed, ${a}.totp_last_step, coalesce(array_length(${a}.recovery_hashes, 1), 0)::int8 as recovery_codes,
  (select count(*)::int8 from passkeys p where p.account_id = ${a}.id) as passkey_count,
  ${epochMs(`${a}.suspended_at`)} as suspended_at, ${epochMs(`${a}.created_at`)} as created_at`

/** A row of `accountColumns` as an account. */
export const toAccount = (row: Row): Account => ({
  id: text(row.id),
  emailSealed: text(row.email_sealed),
  emailVerifiedAt: optional(row.email_verified_at, int),
  name: text(row.name),
  language: optional(row.language, (value) => parseInput(languageSchema, value)),
  operator: row.operator === true,
  passwordHash: optional(row.password_hash, text),
  totpSealed: optional(row.totp_sealed, text),
  totpLastStep: int(row.totp_last_step),
  recoveryCodesLeft: int(row.recovery_codes),
  passkeyCount: int(row.passkey_count),
  suspendedAt: optional(row.suspended_at, int),
  createdAt: int(row.created_at),
})

/** The columns `toMembership` reads. */
export const membershipColumns = 'm.organisation_id, o.name as organisation_name, m.role'

export const toMembership = (row: Row): Membership => ({
  organisationId: text(row.organisation_id),
  organisationName: text(row.organisation_name),
  role: parseInput(organisationRoleSchema, row.role),
})
