import { initial } from './0001-initial.ts'
import { expiredCredentials } from './0002-expired-credentials.ts'
import { accounts } from './0003-accounts.ts'
import { sealedValues } from './0004-sealed-values.ts'
import { installations } from './0005-installations.ts'
import type { Migration } from './migration.ts'

/** Every version in order. */
export const migrations: readonly Migration[] = [initial, expiredCredentials, accounts, sealedValues, installations]
