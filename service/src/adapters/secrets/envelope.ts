import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SealedPlace } from '../../core/ports/secret-box.ts'
import type { EncryptionKey } from './encryption-key.ts'

/*
 * A sealed text is `v1.KEYID.BODY`. BODY is base64url of
 *
 *   nonce (12) · data key, encrypted with the key KEYID (32) · tag (16) · nonce (12) · tag (16) · encrypted text
 *
 * Both parts are AES-256-GCM (NIST SP 800-38D) with random nonces: one key may encrypt 2^32 data keys, and each data
 * key encrypts one text. The associated data of both names version, purpose and place, and of the first also the key.
 * SQL reads the id of the key as the second part between dots; another version must keep it there.
 */
const VERSION = 'v1'
const ALGORITHM = 'aes-256-gcm'
const NONCE = 12
const KEY = 32
const TAG = 16

/** Why a sealed text could not be opened. The message holds neither the text nor a key. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError'
}

type Part = { readonly nonce: Uint8Array; readonly data: Uint8Array; readonly tag: Uint8Array }

const encrypt = (key: Uint8Array, about: Uint8Array, data: Uint8Array): Part => {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG }).setAAD(about)
  const encrypted = Buffer.concat([cipher.update(data), cipher.final()])
  return { nonce, data: encrypted, tag: cipher.getAuthTag() }
}

const decrypt = (key: Uint8Array, about: Uint8Array, { nonce, data, tag }: Part): Buffer => {
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG }).setAAD(about).setAuthTag(tag)
  return Buffer.concat([decipher.update(data), decipher.final()])
}

/** No two places have the same. */
const associated = (place: SealedPlace, ...purpose: string[]): Buffer =>
  Buffer.from(JSON.stringify([VERSION, ...purpose, place.table, place.column, place.row]))

const aboutKey = (place: SealedPlace, keyId: string): Buffer => associated(place, 'key', keyId)
const aboutText = (place: SealedPlace): Buffer => associated(place, 'text')

/** Encrypt a text for a place. Throws when it is not well-formed Unicode, which could not be given back. */
export const sealEnvelope = (key: EncryptionKey, place: SealedPlace, text: string): string => {
  const data = Buffer.from(text)
  if (data.toString() !== text) throw new EnvelopeError('the text has a lone surrogate')
  const dataKey = randomBytes(KEY)
  const first = encrypt(key.bytes, aboutKey(place, key.id), dataKey)
  const second = encrypt(dataKey, aboutText(place), data)
  const body = [first.nonce, first.data, first.tag, second.nonce, second.tag, second.data]
  return `${VERSION}.${key.id}.${Buffer.concat(body).toString('base64url')}`
}

/** The id of the key that a sealed text needs. */
export const keyIdOf = (sealed: string): string => {
  const [version, id, body, ...rest] = sealed.split('.')
  if (version !== VERSION || id === undefined || body === undefined || rest.length > 0)
    throw new EnvelopeError('not a sealed text of this version')
  return id
}

/** Decrypt what was sealed for this place with this key. */
export const openEnvelope = (key: EncryptionKey, place: SealedPlace, sealed: string): string => {
  const encoded = sealed.slice(sealed.lastIndexOf('.') + 1)
  const body = Buffer.from(encoded, 'base64url')
  // Node.js reads several spellings of the same bytes, but only one was written.
  if (body.length < 2 * (NONCE + TAG) + KEY || body.toString('base64url') !== encoded)
    throw new EnvelopeError('a sealed text is damaged')
  let at = 0
  const take = (length: number): Buffer => {
    at += length
    return body.subarray(at - length, at)
  }
  const first = { nonce: take(NONCE), data: take(KEY), tag: take(TAG) }
  const second = { nonce: take(NONCE), tag: take(TAG), data: body.subarray(at) }
  try {
    return decrypt(decrypt(key.bytes, aboutKey(place, key.id), first), aboutText(place), second).toString()
  } catch (cause) {
    throw new EnvelopeError(
      `a value of ${place.table}.${place.column} does not open: it was changed, belongs to another row, or its key ${key.id} is another one`,
      { cause },
    )
  }
}
