import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { idSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'

/** How long a reader stays signed in between visits. */
export const CREDENTIAL_LIFE_MS = 180 * 24 * 60 * 60_000

/** A new 256-bit secret for the reader, and its hash for the store. */
export const newSecret = (): { secret: string; hash: string } => {
  const secret = randomBytes(32).toString('base64url')
  return { secret, hash: hashSecret(secret) }
}

/** A secret of 256 random bits needs no slow hash. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Whether two hashes are equal, in constant time. */
export const isSameHash = (a: string, b: string | null): boolean =>
  b !== null && a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** The credential as the client stores it. */
export const writeCredential = (id: string, secret: string): string => `${id}.${secret}`

/** Parse a credential; `null` when it is malformed. */
export const readCredential = (text: string): { id: string; secret: string; hash: string } | null => {
  const [id, secret, ...rest] = text.split('.')
  if (rest.length > 0 || !v.is(idSchema, id) || secret === undefined || !/^[\w-]{43}$/.test(secret)) return null
  return { id, secret, hash: hashSecret(secret) }
}
