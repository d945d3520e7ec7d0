import { newId } from '@repartee/sdk/protocol'
import type { AdminVisitor } from '../access/admin-actor.ts'
import { IDLE_MS } from '../access/authorize-admin.ts'
import type { Account, AccountSession } from '../account.ts'
import type { Deps } from '../deps.ts'
import { newSecret } from '../readers/credential.ts'
import { describeDevice } from './describe-device.ts'

/** How long a second factor may be awaited. */
export const SECOND_FACTOR_MS = 10 * 60_000

/** What the browser keeps; the service has only a hash. */
export type SessionSecret = { readonly token: string; readonly expiresAt: number }

/** Begin a session, always with a new token: one that was there before signing in is never signed in (session fixation). */
export const openSession = async (
  deps: Pick<Deps, 'store' | 'now'>,
  visitor: AdminVisitor,
  account: Account,
  state: AccountSession['state'],
): Promise<SessionSecret> => {
  const nowAt = deps.now()
  const { secret, hash } = newSecret()
  const expiresAt = nowAt + (state === 'signed_in' ? IDLE_MS : SECOND_FACTOR_MS)
  await deps.store.accountSessions.create({
    id: newId(nowAt),
    accountId: account.id,
    tokenHash: hash,
    state,
    device: describeDevice(visitor.userAgent),
    steppedUpAt: state === 'signed_in' ? nowAt : null,
    createdAt: nowAt,
    lastUsedAt: nowAt,
    expiresAt,
  })
  return { token: secret, expiresAt }
}
