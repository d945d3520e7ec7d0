import type { AdminAccount, SecondFactor } from '@repartee/sdk/protocol/admin'
import type { Account, Membership } from '../account.ts'
import type { SecretBox } from '../ports/secret-box.ts'

/** Where an account's address is stored. */
export const emailPlace = (accountId: string) =>
  ({ table: 'accounts', column: 'email_sealed', row: accountId }) as const

/** An account as its owner sees it. */
export const toAdminAccount = (
  secrets: Pick<SecretBox, 'open'>,
  account: Account,
  memberships: readonly Membership[],
): AdminAccount => ({
  id: account.id,
  email: secrets.open(emailPlace(account.id), account.emailSealed),
  emailVerified: account.emailVerifiedAt !== null,
  name: account.name,
  language: account.language,
  operator: account.operator,
  hasPassword: account.passwordHash !== null,
  totp: account.totpSealed !== null,
  recoveryCodesLeft: account.recoveryCodesLeft,
  organisations: memberships.map(({ organisationId, organisationName, role }) => ({
    id: organisationId,
    name: organisationName,
    role,
  })),
  createdAt: account.createdAt,
})

/** The second factors an account has. Recovery codes stand in for another; alone they are none. */
export const secondFactors = (account: Account): SecondFactor[] => {
  const strong: SecondFactor[] = [
    ...(account.totpSealed !== null ? (['totp'] as const) : []),
    ...(account.passkeyCount > 0 ? (['passkey'] as const) : []),
  ]
  return strong.length > 0 && account.recoveryCodesLeft > 0 ? [...strong, 'recovery_code'] : strong
}
