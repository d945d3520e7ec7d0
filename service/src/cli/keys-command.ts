import { formatEncryptionKey, makeEncryptionKey } from '../adapters/secrets/encryption-key.ts'
import type { KeyStatus } from '../core/secrets/key-status.ts'
import type { RotatedBatch } from '../core/secrets/rotate-keys.ts'
import type { CliCommand } from './cli-command.ts'
import { operateAll } from './operate.ts'

export const keysGenerate: CliCommand = {
  usage: '',
  summary: 'print a new encryption key for ENCRYPTION_KEYS',
  details: [
    'To change the key: put the new one before the old one, separated by a comma, on every node, restart',
    'the nodes, and run `repartee keys rotate`. Keep a copy of the keys apart from the backups: without',
    'them, e-mail addresses and second factors cannot be decrypted.',
  ],
  flags: {},
  needsNoConfig: true,
  argCount: { min: 0, max: 0 },
  run: async ({ print }) => {
    print(formatEncryptionKey(makeEncryptionKey()))
    return 0
  },
}

const explanations: Readonly<Record<KeyStatus['state'], (values: number) => string>> = {
  encrypts: () => 'encrypts new values',
  decrypts: (values) => (values === 0 ? 'not in use; backups may need it' : 'in use; run: repartee keys rotate'),
  missing: () => 'not configured: add it again, or these values cannot be read',
}

export const keysStatus: CliCommand = {
  usage: '',
  summary: 'list the encryption keys and how many stored values need each',
  details: ['A key without values may be removed once no backup that needs it will be restored.'],
  flags: {},
  argCount: { min: 0, max: 0 },
  run: async ({ config, print }) => {
    const keys = await operateAll(config, async (call) => (await call('keys.status', {})) as KeyStatus[])
    for (const { id, state, values } of keys) print(`${id}\t${values}\t${explanations[state](values)}`)
    return keys.some(({ state }) => state === 'missing') ? 1 : 0
  },
}

/** Long enough that a million values do not fill the terminal. */
const PROGRESS_MS = 2_000

export const keysRotate: CliCommand = {
  usage: '',
  summary: 're-encrypt everything with the newest encryption key, even while nodes serve',
  details: [
    'Where the service keeps its keys itself, this makes a new key first. It may be stopped and run again.',
    'Old keys stay: backups made before need them.',
  ],
  flags: {},
  argCount: { min: 0, max: 0 },
  run: async ({ config, print }) =>
    operateAll(config, async (call) => {
      const { keyId, isNew } = (await call('keys.begin', {})) as { keyId: string; isNew: boolean }
      print(isNew ? `made the key ${keyId}; re-encrypting with it` : `re-encrypting with the key ${keyId}`)
      let rotated = 0
      const unreadable: string[] = []
      let reportedAt = performance.now()
      for (let from: RotatedBatch['next'] = null, more = true; more; ) {
        const batch = (await call('keys.rotate', { from })) as RotatedBatch
        rotated += batch.rotated
        unreadable.push(...batch.unreadable)
        from = batch.next
        more = from !== null
        if (performance.now() - reportedAt < PROGRESS_MS) continue
        print(`${rotated} values so far`)
        reportedAt = performance.now()
      }
      print(`${rotated} values re-encrypted`)
      for (const place of unreadable) print(`does not open, left as it is: ${place}`)
      const left = ((await call('keys.status', {})) as KeyStatus[]).filter(
        ({ id, values }) => id !== keyId && values > 0,
      )
      for (const { id, values } of left)
        print(`${values} values still need the key ${id}; if nodes encrypt with it, restart them with ${keyId} first`)
      return left.length === 0 ? 0 : 1
    }),
}
