import { newId, type ReaderSession, ReparteeError } from '@repartee/sdk/protocol'
import type { Actor, Reader } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { enforceRateLimit, guestRules } from '../rate-rules.ts'
import { cleanName } from './clean-name.ts'
import { CREDENTIAL_LIFE_MS, newSecret, writeCredential } from './credential.ts'
import { toAuthor } from './to-author.ts'

/** Create a guest with a name, where the site allows guests. */
export const createGuest = async (
  deps: Pick<Deps, 'store' | 'tokens' | 'limiter' | 'metrics' | 'now'>,
  actor: Actor,
  input: { name: string },
): Promise<ReaderSession> => {
  const { site } = actor
  if (!site.settings.guests) throw new ReparteeError('guests_not_allowed')
  const name = cleanName(input.name)
  await enforceRateLimit(deps, 'guests', guestRules(actor))
  const nowAt = deps.now()
  const reader: Reader = { id: newId(nowAt), name, role: 'guest' }
  const id = newId(nowAt)
  const { secret, hash } = newSecret()
  await deps.store.authors.create({ siteId: site.id, ...reader, nowAt })
  await deps.store.credentials.create(site.id, {
    id,
    authorId: reader.id,
    secretHash: hash,
    previousHash: null,
    rotatedAt: nowAt,
    expiresAt: nowAt + CREDENTIAL_LIFE_MS,
  })
  const issued = await deps.tokens.issue(site.publicKey, reader)
  return { ...issued, refresh: writeCredential(id, secret), reader: toAuthor(reader) }
}
