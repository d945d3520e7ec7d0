import * as v from 'valibot'

/** A UUID of any version, lower-cased so that two spellings are one id. */
export const idSchema = v.pipe(v.string(), v.uuid(), v.toLowerCase())

/** A site's public key as it stands in the snippet. */
export const siteKeySchema = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]{1,39}$/))

let lastMs = 0
let counter = 0

/**
 * Make a UUIDv7 (RFC 9562 §5.7). Ids of one process strictly increase: within a millisecond, and while a clock steps
 * back, the 12 bits after the time count up (§6.2 method 1).
 */
export const newId = (nowMs: number = Date.now()): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  if (nowMs > lastMs) {
    lastMs = nowMs
    counter = (((bytes[6] ?? 0) & 0x07) << 8) | (bytes[7] ?? 0)
  } else if (++counter > 0xfff) {
    lastMs += 1
    counter = 0
  }
  for (let i = 5, rest = lastMs; i >= 0; i -= 1, rest = Math.floor(rest / 256)) bytes[i] = rest % 256
  bytes[6] = 0x70 | (counter >> 8)
  bytes[7] = counter & 0xff
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
