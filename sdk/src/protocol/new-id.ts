/** Bytes of a UUID's text form that a hyphen precedes. */
const HYPHENS_BEFORE: ReadonlySet<number> = new Set([4, 6, 8, 10])

let lastMs = 0
let counter = 0

/**
 * Make a UUIDv7 (RFC 9562 §5.7). The ids of one process strictly increase: within a millisecond, and after a clock has
 * stepped back, the 12 bits after the time count up (§6.2 method 1). In a file of its own, so that a browser does not
 * load the schemas.
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
  // Joined once: a string put together from slices keeps all of them in memory, several times its own size.
  return Array.from(bytes, (byte, i) => (HYPHENS_BEFORE.has(i) ? '-' : '') + byte.toString(16).padStart(2, '0')).join(
    '',
  )
}
