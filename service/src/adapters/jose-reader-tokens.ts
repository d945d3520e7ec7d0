import { createHmac, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto'
import { idSchema, ReparteeError, roleSchema } from '@repartee/sdk/protocol'
import { errors, jwtVerify, SignJWT } from 'jose'
import * as v from 'valibot'
import type { Clock } from '../core/ports/clock.ts'
import type { ReaderTokens } from '../core/ports/reader-tokens.ts'

const ISSUER = 'repartee'
const TYPE = 'reader+jwt'
const LIFETIME_S = 600
/** Another node's clock may be ahead by this much. */
const CLOCK_SKEW_S = 30

const claimsSchema = v.object({
  sub: idSchema,
  name: v.string(),
  role: roleSchema,
  iat: v.number(),
  exp: v.number(),
})

/** PKCS #8 header of an Ed25519 private key (RFC 8410 §7); the 32 bytes of the seed follow. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

const derive = (secret: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), purpose, 32))

const signingKey = (secret: Uint8Array): KeyObject => {
  const seed = derive(secret, 'repartee reader token v1')
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })
}

const toTokenError = (cause: unknown): ReparteeError =>
  cause instanceof errors.JWTExpired
    ? new ReparteeError('token_expired', 'the reader token has expired', { cause })
    : new ReparteeError('token_invalid', 'not a reader token of this site', { cause })

/**
 * Reader tokens as EdDSA JWTs. Every node derives the same key from the service's secret, so each verifies the tokens of
 * all others. The audience is one site, so a token is invalid on any other.
 */
export const createReaderTokens = ({ secret, now }: { secret: Uint8Array; now: Clock }): ReaderTokens => {
  const privateKey = signingKey(secret)
  const publicKey = createPublicKey(privateKey)
  const credentialKey = derive(secret, 'repartee credential v1')

  return {
    successor: (credential) => createHmac('sha256', credentialKey).update(credential).digest('base64url'),

    async issue(siteKey, reader) {
      const issuedAt = Math.floor(now() / 1_000)
      const token = await new SignJWT({ name: reader.name, role: reader.role })
        .setProtectedHeader({ alg: 'EdDSA', typ: TYPE })
        .setSubject(reader.id)
        .setIssuer(ISSUER)
        .setAudience(siteKey)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + LIFETIME_S)
        .sign(privateKey)
      return { token, expiresAt: (issuedAt + LIFETIME_S) * 1_000 }
    },

    async verify(siteKey, token) {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: ['EdDSA'],
          typ: TYPE,
          issuer: ISSUER,
          audience: siteKey,
          currentDate: new Date(now()),
          requiredClaims: ['exp', 'iat', 'sub'],
        })
        const claims = v.parse(claimsSchema, payload)
        if (claims.iat > now() / 1_000 + CLOCK_SKEW_S) throw new ReparteeError('token_invalid', 'issued in the future')
        return {
          reader: { id: claims.sub, name: claims.name, role: claims.role },
          expiresAt: claims.exp * 1_000,
        }
      } catch (cause) {
        throw cause instanceof ReparteeError ? cause : toTokenError(cause)
      }
    },
  }
}
