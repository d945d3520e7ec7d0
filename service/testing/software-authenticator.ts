import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

type Options = { readonly challenge: string; readonly user?: { readonly id: string } }
type Change = {
  /** The origin that the browser would write; an attacker's page has another. */
  readonly origin?: string
  readonly rpId?: string
  /** Whether the person was verified, by a PIN or a finger. */
  readonly verified?: boolean
  readonly counter?: number
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest()

/** Head of a CBOR item (RFC 8949 §3): major type and length, up to two bytes. */
const head = (major: number, length: number): Buffer => {
  const type = major << 5
  if (length < 24) return Buffer.from([type | length])
  return length < 256 ? Buffer.from([type | 24, length]) : Buffer.from([type | 25, length >> 8, length & 255])
}
const bytes = (value: Uint8Array): Buffer => Buffer.concat([head(2, value.length), value])
const text = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)])
const integer = (value: number): Buffer => (value < 0 ? head(1, -1 - value) : head(0, value))
const map = (entries: readonly (readonly [Buffer, Buffer])[]): Buffer =>
  Buffer.concat([head(5, entries.length), ...entries.flat()])

const USER_PRESENT = 1
const USER_VERIFIED = 4
const HAS_CREDENTIAL = 64

/**
 * An authenticator with one ES256 passkey for one site, as WebAuthn Level 3 §6 describes it, written apart from the library
 * that the service checks it with. It does whatever it is told, also what a real one refuses.
 */
export const createAuthenticator = (site: { readonly origin: string; readonly rpId: string }) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const credentialId = randomBytes(24)
  const coseKey = map([
    [integer(1), integer(2)],
    [integer(3), integer(-7)],
    [integer(-1), integer(1)],
    [integer(-2), bytes(Buffer.from(x, 'base64url'))],
    [integer(-3), bytes(Buffer.from(y, 'base64url'))],
  ])
  const authenticatorData = (change: Change, attested: Buffer | null): Buffer => {
    const flags =
      USER_PRESENT | (change.verified === false ? 0 : USER_VERIFIED) | (attested === null ? 0 : HAS_CREDENTIAL)
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(change.counter ?? 0)
    return Buffer.concat([sha256(change.rpId ?? site.rpId), Buffer.from([flags]), counter, attested ?? Buffer.alloc(0)])
  }
  const clientData = (type: string, options: Options, change: Change): Buffer =>
    Buffer.from(
      JSON.stringify({ type, challenge: options.challenge, origin: change.origin ?? site.origin, crossOrigin: false }),
    )
  const credential = (response: Record<string, unknown>): Record<string, unknown> => ({
    id: base64url(credentialId),
    rawId: base64url(credentialId),
    type: 'public-key',
    clientExtensionResults: {},
    response,
  })

  return {
    id: base64url(credentialId),
    /** The answer to `navigator.credentials.create`, without attestation. */
    register: (options: Options, change: Change = {}): Record<string, unknown> => {
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, credentialId.length]), credentialId, coseKey])
      const attestationObject = map([
        [text('fmt'), text('none')],
        [text('attStmt'), map([])],
        [text('authData'), bytes(authenticatorData(change, attested))],
      ])
      return credential({
        clientDataJSON: base64url(clientData('webauthn.create', options, change)),
        attestationObject: base64url(attestationObject),
        transports: ['internal'],
      })
    },
    /** The answer to `navigator.credentials.get`. */
    authenticate: (options: Options, change: Change = {}): Record<string, unknown> => {
      const data = authenticatorData(change, null)
      const client = clientData('webauthn.get', options, change)
      return credential({
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)),
      })
    },
  }
}
