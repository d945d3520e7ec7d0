import { type AccountSession, AdminError } from '@repartee/sdk/protocol/admin'
import type { AdminActor } from '../access/admin-actor.ts'
import type { Deps } from '../deps.ts'

/** Where the account is signed in, newest first. */
export const listSessions = async (deps: Pick<Deps, 'store' | 'now'>, actor: AdminActor): Promise<AccountSession[]> => {
  const sessions = await deps.store.accountSessions.list(actor.account.id, deps.now())
  return sessions.map(({ id, device, createdAt, lastUsedAt }) => ({
    id,
    device,
    createdAt,
    lastUsedAt,
    current: id === actor.session.id,
  }))
}

/** End one session of the account. Every node refuses it within a second. */
export const endSession = async (
  deps: Pick<Deps, 'store' | 'accountSessionCache'>,
  actor: AdminActor,
  input: { session: string },
): Promise<void> => {
  const ended = await deps.store.accountSessions.end(actor.account.id, input.session)
  deps.accountSessionCache.forgetAccount(actor.account.id)
  if (!ended) throw new AdminError('object_not_found')
}

/** End all sessions of the account but this one. Resolves with their number. */
export const endOtherSessions = async (
  deps: Pick<Deps, 'store' | 'accountSessionCache'>,
  actor: AdminActor,
): Promise<number> => {
  const ended = await deps.store.accountSessions.endAll(actor.account.id, actor.session.id)
  deps.accountSessionCache.forgetAccount(actor.account.id)
  return ended
}
