import { createHmac } from 'node:crypto'
import type { KeyRing } from '../../core/ports/key-ring.ts'
import type { SecretBox } from '../../core/ports/secret-box.ts'
import type { EncryptionKey } from './encryption-key.ts'
import { EnvelopeError, keyIdOf, openEnvelope, sealEnvelope } from './envelope.ts'

/** The part of a secret box that needs no digest key. */
export type Sealer = Pick<SecretBox, 'seal' | 'open'>

/**
 * Keys in memory, newest first, and what they encrypt. `renew` makes and keeps a new key; it is left out where the
 * operator keeps them.
 */
export const createKeyRing = (
  given: readonly EncryptionKey[],
  renew: (() => Promise<EncryptionKey>) | null = null,
): { ring: KeyRing; sealer: Sealer } => {
  let keys = given
  const newest = (): EncryptionKey => {
    const [key] = keys
    if (key === undefined) throw new EnvelopeError('there is no encryption key')
    return key
  }
  const keyOf = (sealed: string): EncryptionKey => {
    const id = keyIdOf(sealed)
    const key = keys.find((candidate) => candidate.id === id)
    if (key === undefined) throw new EnvelopeError(`the encryption key ${id} is not known`)
    return key
  }
  return {
    ring: {
      ids: () => keys.map(({ id }) => id),
      idOf: keyIdOf,
      renew:
        renew === null
          ? null
          : async () => {
              const key = await renew()
              keys = [key, ...keys]
              return key.id
            },
    },
    sealer: {
      seal: (place, text) => sealEnvelope(newest(), place, text),
      open: (place, sealed) => openEnvelope(keyOf(sealed), place, sealed),
    },
  }
}

/** A secret box whose digests are HMAC-SHA256 (RFC 2104) under a key of at least 32 bytes. */
export const createSecretBox = (sealer: Sealer, digestKey: Uint8Array): SecretBox => {
  if (digestKey.length < 32) throw new Error('the digest key is too short')
  return {
    ...sealer,
    digest: (kind, text) =>
      createHmac('sha256', digestKey)
        .update(JSON.stringify([kind, text]))
        .digest('base64url'),
  }
}
