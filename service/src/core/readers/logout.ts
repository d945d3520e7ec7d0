import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { isSameHash, readCredential } from './credential.ts'

/** End the session of a credential. One that is no longer valid is not an error: the session has ended. */
export const logout = async (deps: Pick<Deps, 'store'>, actor: Actor, input: { refresh: string }): Promise<void> => {
  const given = readCredential(input.refresh)
  if (given === null) return
  const credential = await deps.store.credentials.find(actor.site.id, given.id)
  if (credential === null) return
  if (isSameHash(given.hash, credential.secretHash) || isSameHash(given.hash, credential.previousHash))
    await deps.store.credentials.revoke(actor.site.id, credential.id)
}
