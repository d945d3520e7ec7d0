import { type ReaderSession, ReparteeError } from '@repartee/sdk/protocol'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { Credential } from '../ports/credential-store.ts'
import { enforceRateLimit, refreshRules } from '../rate-rules.ts'
import { CREDENTIAL_LIFE_MS, hashSecret, isSameHash, readCredential, writeCredential } from './credential.ts'
import { toAuthor } from './to-author.ts'

/** How long a replaced secret stays valid, because the response with its successor may have been lost. */
export const LOST_ANSWER_MS = 60_000

/** A rotation that loses to a concurrent one is tried again, this often. */
const MAX_TRIES = 5

const invalid = (why: string): ReparteeError => new ReparteeError('credential_invalid', why)

/** Check a secret. Reuse of one replaced earlier means that it was copied, so the whole session ends. */
const requireSecret = async (
  deps: Pick<Deps, 'store' | 'now'>,
  siteId: string,
  credential: Credential,
  hash: string,
): Promise<void> => {
  if (isSameHash(hash, credential.secretHash)) return
  const isRecent = deps.now() - credential.rotatedAt <= LOST_ANSWER_MS
  if (isRecent && isSameHash(hash, credential.previousHash)) return
  await deps.store.credentials.revoke(siteId, credential.id)
  throw invalid('this credential has been replaced')
}

/** Exchange a credential for a token and the next credential. */
export const refreshSession = async (
  deps: Pick<Deps, 'store' | 'tokens' | 'limiter' | 'metrics' | 'now'>,
  actor: Actor,
  input: { refresh: string },
): Promise<ReaderSession> => {
  const { site } = actor
  await enforceRateLimit(deps, 'refreshes', refreshRules(actor))
  const given = readCredential(input.refresh)
  if (given === null) throw invalid('malformed')
  // A secret has one fixed successor, so that a retry and a second tab get the same one.
  const secret = deps.tokens.successor(given.secret)
  const next = { secret, hash: hashSecret(secret) }
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const credential = await deps.store.credentials.find(site.id, given.id)
    const nowAt = deps.now()
    if (credential === null || credential.expiresAt <= nowAt) throw invalid('unknown or expired')
    await requireSecret(deps, site.id, credential, given.hash)
    const reader = await deps.store.authors.find(site.id, credential.authorId)
    if (reader === null) throw invalid('its reader no longer exists')
    if (!isSameHash(next.hash, credential.secretHash)) {
      const change = { from: credential.secretHash, to: next.hash, nowAt, expiresAt: nowAt + CREDENTIAL_LIFE_MS }
      if (!(await deps.store.credentials.rotate(site.id, credential.id, change))) continue
    }
    const issued = await deps.tokens.issue(site.publicKey, reader)
    return { ...issued, refresh: writeCredential(credential.id, next.secret), reader: toAuthor(reader) }
  }
  throw new ReparteeError('unavailable', 'too many requests use this credential at once', { retryAfterMs: 1_000 })
}
