import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { DeviceProofs } from '../core/ports/device-proofs.ts'

/** Proofs that any node can check: a random part, and a MAC over it and the account under a key of the service. */
export const createDeviceProofs = (secret: Uint8Array): DeviceProofs => {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'repartee known device', 32))
  const macOf = (emailDigest: string, nonce: string): Buffer =>
    createHmac('sha256', key).update(`${emailDigest}\n${nonce}`).digest()
  return {
    issue: (emailDigest) => {
      const nonce = randomBytes(12).toString('base64url')
      return `${nonce}.${macOf(emailDigest, nonce).toString('base64url')}`
    },
    check: (emailDigest, proof) => {
      const [nonce = '', mac = ''] = proof.split('.')
      const given = Buffer.from(mac, 'base64url')
      const expected = macOf(emailDigest, nonce)
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
  }
}
