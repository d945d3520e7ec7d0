import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { isSameHash, readCredential } from './credential.ts'

/** End the session a credential belongs to. One that is not good any more is no error: the reader is out. */
export const logout = async (deps: Pick<Deps, 'store'>, actor: Actor, input: { refresh: string }): Promise<void> => {
  const given = readCredential(input.refresh)
  if (given === null) return
  const credential = await deps.store.credentials.find(actor.site.id, given.id)
  if (credential === null) return
  if (isSameHash(given.hash, credential.secretHash) || isSameHash(given.hash, credential.previousHash))
    await deps.store.credentials.revoke(actor.site.id, credential.id)
}
