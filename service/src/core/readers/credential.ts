import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { idSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'

/** How long a reader stays signed in without coming back. */
export const CREDENTIAL_LIFE_MS = 180 * 24 * 60 * 60_000

/** A fresh 256-bit secret: in the clear for the reader, hashed for us. */
export const newSecret = (): { secret: string; hash: string } => {
  const secret = randomBytes(32).toString('base64url')
  return { secret, hash: hashSecret(secret) }
}

/** A plain hash is enough for a secret nobody can guess. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Whether two hashes are equal, in constant time. */
export const isSameHash = (a: string, b: string | null): boolean =>
  b !== null && a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** The credential as the reader keeps it. */
export const writeCredential = (id: string, secret: string): string => `${id}.${secret}`

/** Take a reader's credential apart; `null` when it cannot be one of ours. */
export const readCredential = (text: string): { id: string; secret: string; hash: string } | null => {
  const [id, secret, ...rest] = text.split('.')
  if (rest.length > 0 || !v.is(idSchema, id) || secret === undefined || !/^[\w-]{43}$/.test(secret)) return null
  return { id, secret, hash: hashSecret(secret) }
}
