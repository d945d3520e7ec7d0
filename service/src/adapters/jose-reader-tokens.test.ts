import { createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto'
import { type ErrorCode, ReparteeError } from '@repartee/sdk/protocol'
import fc from 'fast-check'
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose'
import { expect, test } from 'vitest'
import type { Reader } from '../core/actor.ts'
import { createReaderTokens } from './jose-reader-tokens.ts'

const secret = new Uint8Array(32).fill(7)
const ann: Reader = { id: '018f3f5e-0000-7000-8000-000000000001', name: 'Ann Ví Dụ', role: 'guest' }
const startAt = 1_700_000_000_000

const setup = (startedAt = startAt, key = secret) => {
  const clock = { nowAt: startedAt }
  return { clock, tokens: createReaderTokens({ secret: key, now: () => clock.nowAt }) }
}

/** The service's own key pair, derived from its secret independently. */
const serviceKey = () => {
  const seed = Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), 'repartee reader token v1', 32))
  return createPrivateKey({
    key: { kty: 'OKP', crv: 'Ed25519', d: seed.toString('base64url'), x: publicOf(seed) },
    format: 'jwk',
  })
}
const publicOf = (seed: Buffer): string => {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  return createPublicKey({ key: der, format: 'der', type: 'pkcs8' } as never).export({ format: 'jwk' }).x ?? ''
}

const forge = (claims: Record<string, unknown> = {}, typ = 'reader+jwt') =>
  new SignJWT({
    sub: ann.id,
    name: ann.name,
    role: ann.role,
    iss: 'repartee',
    aud: 'demo',
    iat: startAt / 1_000,
    exp: startAt / 1_000 + 600,
    ...claims,
  })
    .setProtectedHeader({ alg: 'EdDSA', typ })
    .sign(serviceKey())

const codeOf = (verification: Promise<unknown>): Promise<ErrorCode | 'accepted'> =>
  verification.then(
    () => 'accepted' as const,
    (error: unknown) => {
      if (error instanceof ReparteeError) return error.code
      throw error
    },
  )

test('a token identifies its reader to its site for ten minutes, on every node', async () => {
  const { tokens, clock } = setup()
  const { token, expiresAt } = await tokens.issue('demo', ann)
  expect(expiresAt).toBe(startAt + 600_000)
  const otherNode = setup(startAt + 599_000).tokens
  expect(await otherNode.verify('demo', token)).toEqual({ reader: ann, expiresAt })
  clock.nowAt = startAt + 600_000
  expect(await codeOf(tokens.verify('demo', token))).toBe('token_expired')
})

test('a token has the documented claims and no others', async () => {
  const { tokens } = setup()
  const { token } = await tokens.issue('demo', ann)
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'reader+jwt' })
  expect(decodeJwt(token)).toEqual({
    sub: ann.id,
    name: ann.name,
    role: 'guest',
    aud: 'demo',
    iss: 'repartee',
    iat: startAt / 1_000,
    exp: startAt / 1_000 + 600,
  })
})

test('a token of another site is invalid, even an expired one', async () => {
  const { tokens, clock } = setup()
  const { token } = await tokens.issue('other', ann)
  expect(await codeOf(tokens.verify('demo', token))).toBe('token_invalid')
  clock.nowAt += 3_600_000
  expect(await codeOf(tokens.verify('demo', token))).toBe('token_invalid')
})

test('a token of a service with another secret is refused', async () => {
  const { token } = await setup(startAt, new Uint8Array(32).fill(8)).tokens.issue('demo', ann)
  expect(await codeOf(setup().tokens.verify('demo', token))).toBe('token_invalid')
})

test('alg none is refused', async () => {
  const token = new UnsecuredJWT({ name: ann.name, role: 'owner' })
    .setSubject(ann.id)
    .setIssuer('repartee')
    .setAudience('demo')
    .setIssuedAt(startAt / 1_000)
    .setExpirationTime(startAt / 1_000 + 600)
    .encode()
  expect(await codeOf(setup().tokens.verify('demo', token))).toBe('token_invalid')
})

test('HS256 keyed with the public key, in any of its forms, is refused', async () => {
  const publicKey = createPublicKey(serviceKey())
  const forms = [
    publicKey.export({ format: 'der', type: 'spki' }),
    Buffer.from(publicKey.export({ format: 'pem', type: 'spki' })),
    Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
  ]
  for (const key of forms) {
    const token = await new SignJWT({ name: 'Eve', role: 'owner' })
      .setProtectedHeader({ alg: 'HS256', typ: 'reader+jwt' })
      .setSubject(ann.id)
      .setIssuer('repartee')
      .setAudience('demo')
      .setIssuedAt(startAt / 1_000)
      .setExpirationTime(startAt / 1_000 + 600)
      .sign(key)
    expect(await codeOf(setup().tokens.verify('demo', token))).toBe('token_invalid')
  }
})

test('an altered payload is refused', async () => {
  const { tokens } = setup()
  const { token } = await tokens.issue('demo', ann)
  const [header, payload, signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString())
  const altered = Buffer.from(JSON.stringify({ ...claims, role: 'owner' })).toString('base64url')
  expect(await codeOf(tokens.verify('demo', `${header}.${altered}.${signature}`))).toBe('token_invalid')
})

test('the forged token is valid as it is, so each refusal below is due to the changed claim', async () => {
  expect(await codeOf(setup().tokens.verify('demo', await forge()))).toBe('accepted')
})

test.each<[string, Record<string, unknown>]>([
  ['no expiry', { exp: undefined }],
  ['no time of issue', { iat: undefined }],
  ['no subject', { sub: undefined }],
  ['a subject that is no id', { sub: 'ann' }],
  ['no audience', { aud: undefined }],
  ['another issuer', { iss: 'elsewhere' }],
  ['an unknown role', { role: 'root' }],
  ['a name that is no text', { name: 7 }],
  ['an expiry that is no number', { exp: 'never' }],
])('a signed token with %s is refused', async (_, claims) => {
  expect(await codeOf(setup().tokens.verify('demo', await forge(claims)))).toBe('token_invalid')
})

test('a token of another type is refused', async () => {
  expect(await codeOf(setup().tokens.verify('demo', await forge({}, 'JWT')))).toBe('token_invalid')
})

test('another node’s clock may be 30 seconds ahead, and expiry has no leeway', async () => {
  const second = startAt / 1_000
  const ahead = (s: number) => forge({ iat: second + s, exp: second + s + 600 })
  expect(await codeOf(setup().tokens.verify('demo', await ahead(30)))).toBe('accepted')
  expect(await codeOf(setup().tokens.verify('demo', await ahead(31)))).toBe('token_invalid')
  expect(await codeOf(setup(startAt + 600_000).tokens.verify('demo', await forge()))).toBe('token_expired')
})

test('any other text is refused with a code', async () => {
  const { tokens } = setup()
  const { token } = await tokens.issue('demo', ann)
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => parts.join('.')),
        fc.nat(token.length - 2).map((i) => token.slice(0, i) + token.slice(i + 1)),
      ),
      async (text) => {
        expect(await codeOf(tokens.verify('demo', text))).toBe('token_invalid')
      },
    ),
    { numRuns: 300 },
  )
})
