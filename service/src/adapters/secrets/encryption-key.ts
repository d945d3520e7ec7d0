import { randomBytes } from 'node:crypto'

/** A key-encryption key. Its id stands in clear in every value that needs it. */
export type EncryptionKey = { readonly id: string; readonly bytes: Uint8Array }

const BYTES = 32
const MAX_KEYS = 100

const parseKey = (text: string): EncryptionKey => {
  // The value may be a secret even where it is wrong, so it is never repeated.
  const [id = '', encoded, ...rest] = text.split(':')
  if (encoded === undefined || rest.length > 0 || !/^[\w-]{1,32}$/.test(id))
    throw new Error('expected id:key, where the id has 1 to 32 letters, digits, _ or -')
  const bytes = Buffer.from(encoded, 'base64url')
  if (bytes.length !== BYTES || bytes.toString('base64url') !== encoded.replace(/=$/, ''))
    throw new Error(`the key ${id} is not 32 bytes in base64url; make one with: repartee keys generate`)
  return { id, bytes }
}

/**
 * Read a list of `id:key`, separated by commas or line breaks, newest first. Throws an error that repeats no key when
 * there is none or one is wrong.
 */
export const parseEncryptionKeys = (text: string): readonly EncryptionKey[] => {
  const keys = text
    .split(/[,\r\n]/)
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map(parseKey)
  if (keys.length === 0) throw new Error('there is no key; make one with: repartee keys generate')
  if (keys.length > MAX_KEYS) throw new Error(`there are more than ${MAX_KEYS} keys`)
  const twice = keys.find((key, index) => keys.findIndex(({ id }) => id === key.id) < index)
  if (twice !== undefined) throw new Error(`the key ${twice.id} is listed twice`)
  return keys
}

/** A new random key. */
export const makeEncryptionKey = (): EncryptionKey => ({
  id: `k${randomBytes(4).toString('hex')}`,
  bytes: randomBytes(BYTES),
})

/** As `parseEncryptionKeys` reads it. */
export const formatEncryptionKey = ({ id, bytes }: EncryptionKey): string =>
  `${id}:${Buffer.from(bytes).toString('base64url')}`
