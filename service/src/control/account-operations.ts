import { emailFieldSchema } from '@repartee/sdk/protocol/admin'
import * as v from 'valibot'
import { invite } from '../core/accounts/invitations.ts'
import { createResetLink } from '../core/accounts/reset-password.ts'
import { createSetupLink } from '../core/accounts/set-up.ts'
import { setSuspended } from '../core/accounts/suspend-account.ts'
import { operation } from './operation.ts'

const email = v.strictObject({ email: emailFieldSchema })

/** What operators do with accounts from the command line. */
export const accountOperations = {
  'account.setupLink': operation(v.strictObject({}), (deps) => createSetupLink(deps)),
  'account.resetLink': operation(email, (deps, input) => createResetLink(deps, input)),
  'account.invite': operation(email, (deps, input) => invite(deps, null, input)),
  'account.setSuspended': operation(
    v.strictObject({ email: emailFieldSchema, suspended: v.boolean() }),
    async (deps, input) => {
      await setSuspended(deps, input)
      return null
    },
  ),
} as const
