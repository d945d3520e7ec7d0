import { createKeyRing, createSecretBox } from '../src/adapters/secrets/aes-secret-box.ts'
import type { Secrets } from '../src/startup/open-secrets.ts'

const bytes = new Uint8Array(32).fill(7)

/** A value of ENCRYPTION_KEYS that all nodes of a test share. */
export const TEST_KEYS = `test:${Buffer.from(bytes).toString('base64url')}`

/** Real encryption, under the key of TEST_KEYS. */
export const testSecrets = (): Secrets => {
  const { ring, sealer } = createKeyRing([{ id: 'test', bytes }])
  return { keyRing: ring, secrets: createSecretBox(sealer, bytes) }
}
