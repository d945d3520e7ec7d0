import { randomBytes } from 'node:crypto'
import { createKeyRing, createSecretBox, type Sealer } from '../adapters/secrets/aes-secret-box.ts'
import type { EncryptionKey } from '../adapters/secrets/encryption-key.ts'
import type { KeyRing } from '../core/ports/key-ring.ts'
import type { SecretBox } from '../core/ports/secret-box.ts'
import type { Store } from '../core/ports/store.ts'
import { keysInUse } from '../core/secrets/keys-in-use.ts'
import { ConfigError } from './config.ts'
import type { KeySource } from './encryption-keys.ts'

/** What encrypts secrets, and its keys. */
export type Secrets = { readonly secrets: SecretBox; readonly keyRing: KeyRing }

const DIGEST_KEY = { table: 'service_secrets', column: 'sealed', row: 'digest_key' } as const

const quoted = (ids: readonly string[]): string => ids.map((id) => `"${id}"`).join(', ')

/** Say what to do when values in the database need keys that are not there. */
const refuseMissing = (source: KeySource, missing: readonly string[]): void => {
  if (missing.length === 0) return
  const many = missing.length > 1 ? 'keys' : 'key'
  throw new ConfigError(
    source.add === null
      ? `${source.name}: secrets in the database are encrypted with the ${many} ${quoted(missing)}, which nothing else can decrypt; add the ${many} again, after the newest`
      : `DATA_DIR: secrets in the database are encrypted with the ${many} ${quoted(missing)}, which nothing else can decrypt; restore ${source.name} from your copy`,
  )
}

/** The key of digests, made by whichever node is first. It stays the same when the encryption keys are rotated. */
const openDigestKey = async (store: Pick<Store, 'sealed'>, sealer: Sealer, source: KeySource): Promise<Uint8Array> => {
  const sealed =
    (await store.sealed.findSecret('digest_key')) ??
    (await store.sealed.keepSecret('digest_key', sealer.seal(DIGEST_KEY, randomBytes(32).toString('base64url'))))
  try {
    return Buffer.from(sealer.open(DIGEST_KEY, sealed), 'base64url')
  } catch (cause) {
    const [id = ''] = /(?<=^v1\.)[\w-]+/.exec(sealed) ?? []
    const message = `${source.name}: the key "${id}" is not the one that secrets in this database were encrypted with; restore the right one`
    throw new ConfigError(message, { cause })
  }
}

/**
 * Open what encrypts secrets. Throws a `ConfigError` when there is no key, or when a stored value needs a key that is
 * not there. A new installation with an embedded database gets its first key.
 */
export const openSecrets = async (source: KeySource, store: Pick<Store, 'sealed'>): Promise<Secrets> => {
  const inUse = await keysInUse(store)
  let keys: readonly EncryptionKey[] = source.keys ?? []
  refuseMissing(
    source,
    inUse.filter((id) => !keys.some((key) => key.id === id)),
  )
  if (keys.length === 0 && source.add !== null) keys = [await source.add()]
  if (keys.length === 0) throw new ConfigError(`${source.name}: needed here; make a key with: repartee keys generate`)
  const { ring, sealer } = createKeyRing(keys, source.add)
  return { keyRing: ring, secrets: createSecretBox(sealer, await openDigestKey(store, sealer, source)) }
}

/** For operations that need no secret: every use of one throws the reason why there is none. */
export const lockedSecrets = (reason: Error): Secrets => {
  const refuse = (): never => {
    throw reason
  }
  return {
    secrets: { seal: refuse, open: refuse, digest: refuse },
    keyRing: { ids: refuse, idOf: refuse, renew: null },
  }
}
