import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SealedPlace } from '../../core/ports/secret-box.ts'
import { type SealedColumn, sealedColumns } from '../../core/secrets/sealed-columns.ts'
import { createKeyRing, createSecretBox } from './aes-secret-box.ts'
import { formatEncryptionKey, makeEncryptionKey, parseEncryptionKeys } from './encryption-key.ts'

const placeOf = (column: SealedColumn, row: string) =>
  ({ table: column.table, column: column.column, row }) as SealedPlace
const places = fc.tuple(fc.constantFrom(...sealedColumns), fc.string()).map(([column, row]) => placeOf(column, row))
const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 500 }), fc.constant('a'.repeat(100_000)))

const old = makeEncryptionKey()
const newest = makeEncryptionKey()
const { ring, sealer } = createKeyRing([newest, old])
const before = createKeyRing([old]).sealer
const PLACE = { table: 'accounts', column: 'email_sealed', row: 'a' } as const

describe('a sealed text', () => {
  test('opens to the same text, whatever it is and wherever it is stored', () => {
    fc.assert(
      fc.property(places, texts, (place, text) => {
        expect(sealer.open(place, sealer.seal(place, text))).toBe(text)
      }),
    )
  })

  test('does not contain the text, and is another one each time', () => {
    const one = sealer.seal(PLACE, 'ann@example.org')
    const two = sealer.seal(PLACE, 'ann@example.org')
    expect(one).not.toBe(two)
    for (const form of [one, Buffer.from(one.split('.')[2] ?? '', 'base64url').toString('latin1')])
      expect(form).not.toContain('ann@')
  })

  test('names the newest key, with which it was encrypted', () => {
    expect(ring.idOf(sealer.seal(PLACE, 'x'))).toBe(newest.id)
    expect(ring.idOf(before.seal(PLACE, 'x'))).toBe(old.id)
  })

  test('opens with every key of the ring, and with none outside it', () => {
    expect(sealer.open(PLACE, before.seal(PLACE, 'x'))).toBe('x')
    expect(() => before.open(PLACE, sealer.seal(PLACE, 'x'))).toThrow(`the encryption key ${newest.id} is not known`)
    const impostor = createKeyRing([{ ...makeEncryptionKey(), id: newest.id }]).sealer
    expect(() => impostor.open(PLACE, sealer.seal(PLACE, 'x'))).toThrow('does not open')
  })

  test('opens at no other table, column or row', () => {
    fc.assert(
      fc.property(places, places, fc.string(), (place, other, text) => {
        fc.pre(JSON.stringify(place) !== JSON.stringify(other))
        const sealed = sealer.seal(place, text)
        expect(() => sealer.open(other, sealed)).toThrow('does not open')
      }),
    )
  })

  test('does not open when any of its characters is changed, removed or added', () => {
    const sealed = sealer.seal(PLACE, 'ann@example.org')
    for (let at = 0; at < sealed.length; at += 1) {
      for (const other of ['A', 'B', '.', '=', '-', 'é', ' '].filter((letter) => letter !== sealed[at]))
        expect(() => sealer.open(PLACE, sealed.slice(0, at) + other + sealed.slice(at + 1))).toThrow()
      expect(() => sealer.open(PLACE, sealed.slice(0, at) + sealed.slice(at + 1))).toThrow()
      expect(() => sealer.open(PLACE, `${sealed.slice(0, at)}A${sealed.slice(at)}`)).toThrow()
    }
  })

  test('does not open when one bit of its bytes is flipped', () => {
    const [version, id, body = ''] = sealer.seal(PLACE, 'ann').split('.')
    const bytes = Buffer.from(body, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => sealer.open(PLACE, `${version}.${id}.${flipped.toString('base64url')}`)).toThrow()
    }
  })

  test('does not open when its text is combined with the data key of another value', () => {
    const body = (sealed: string) => Buffer.from(sealed.split('.')[2] ?? '', 'base64url')
    const [one, two] = [body(sealer.seal(PLACE, 'one')), body(sealer.seal(PLACE, 'two'))]
    // The nonce, the encrypted data key and its tag come first.
    const mixed = Buffer.concat([one.subarray(0, 60), two.subarray(60)]).toString('base64url')
    expect(() => sealer.open(PLACE, `v1.${newest.id}.${mixed}`)).toThrow('does not open')
  })

  test('any other text is refused with an error that does not repeat it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), (text) => {
        try {
          sealer.open(PLACE, text)
          expect.unreachable()
        } catch (error) {
          expect(String(error)).not.toContain(text)
        }
      }),
    )
  })

  test('is not made of a text that could not be given back', () => {
    expect(() => sealer.seal(PLACE, 'a\uD800b')).toThrow('lone surrogate')
  })
})

test('a digest depends on the key, the kind and the text, and on nothing else', () => {
  const key = new Uint8Array(32).fill(1)
  const digest = createSecretBox(sealer, key).digest('email', 'ann@example.org')
  expect(createSecretBox(before, key).digest('email', 'ann@example.org')).toBe(digest)
  expect(createSecretBox(sealer, key).digest('email', 'ann@example.com')).not.toBe(digest)
  expect(createSecretBox(sealer, new Uint8Array(32)).digest('email', 'ann@example.org')).not.toBe(digest)
  expect(() => createSecretBox(sealer, new Uint8Array(31))).toThrow('too short')
})

describe('a list of keys', () => {
  test('is read in its order, from commas and lines', () => {
    const keys = [makeEncryptionKey(), makeEncryptionKey(), makeEncryptionKey()]
    const [a = '', b = '', c = ''] = keys.map(formatEncryptionKey)
    expect(parseEncryptionKeys(`${a},${b}\r\n\n ${c} \n`).map(formatEncryptionKey)).toEqual([a, b, c])
    expect(parseEncryptionKeys(`${a}=`).map(formatEncryptionKey)).toEqual([a])
  })

  test('anything else is refused, with an error that repeats no key', () => {
    const key = makeEncryptionKey()
    const text = formatEncryptionKey(key)
    const secret = text.slice(text.indexOf(':') + 1)
    for (const wrong of [
      `${text},${text}`,
      `${text}x`,
      text.slice(0, -2),
      `:${secret}`,
      `a b:${secret}`,
      `${text}:`,
      secret,
    ])
      try {
        parseEncryptionKeys(wrong)
        expect.unreachable(wrong)
      } catch (error) {
        expect(String(error)).not.toContain(secret.slice(0, 20))
      }
  })
})
