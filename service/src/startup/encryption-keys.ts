import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type EncryptionKey,
  formatEncryptionKey,
  makeEncryptionKey,
  parseEncryptionKeys,
} from '../adapters/secrets/encryption-key.ts'
import { type Config, ConfigError } from './config.ts'
import { describeFileError } from './file-error.ts'

/** Where the encryption keys come from. */
export type KeySource = {
  /** What to call it in messages: a variable or a file. */
  readonly name: string
  /** `null` where there are none: the file of a new installation, or a database server without the variable. */
  readonly keys: readonly EncryptionKey[] | null
  /** Make a key and keep it before the others. `null` where the operator keeps the keys. */
  readonly add: (() => Promise<EncryptionKey>) | null
}

/** Read a file of keys; `null` if it does not exist. */
const readKeyFile = async (name: string, file: string): Promise<readonly EncryptionKey[] | null> => {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new ConfigError(`${name}: cannot read ${file}: ${describeFileError(error) ?? error.message}`)
  })
  return content === null ? null : parse(name, content)
}

const parse = (name: string, content: string): readonly EncryptionKey[] => {
  try {
    return parseEncryptionKeys(content)
  } catch (error) {
    throw new ConfigError(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Write a file that only its owner can read, completely or not at all. */
const writeKeyFile = async (file: string, keys: readonly EncryptionKey[]): Promise<void> => {
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(`${keys.map(formatEncryptionKey).join('\n')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}

/** The keys of an embedded database. One process has the folder, so nobody else writes the file. */
const ownFile = async (file: string): Promise<KeySource> => ({
  name: file,
  keys: await readKeyFile('DATA_DIR', file),
  add: async () => {
    const key = makeEncryptionKey()
    await writeKeyFile(file, [key, ...((await readKeyFile('DATA_DIR', file)) ?? [])])
    return key
  },
})

/** Find the encryption keys. Makes none, and opens no database. */
export const findKeys = async (
  config: Pick<Config, 'ENCRYPTION_KEYS' | 'ENCRYPTION_KEYS_FILE' | 'DATA_DIR' | 'DATABASE_URL'>,
): Promise<KeySource> => {
  const given = config.ENCRYPTION_KEYS
  if (given !== '') return { name: 'ENCRYPTION_KEYS', keys: parse('ENCRYPTION_KEYS', given), add: null }
  const file = config.ENCRYPTION_KEYS_FILE
  if (file !== '') {
    const keys = await readKeyFile('ENCRYPTION_KEYS_FILE', file)
    if (keys === null) throw new ConfigError(`ENCRYPTION_KEYS_FILE: cannot read ${file}: no such file or folder`)
    return { name: 'ENCRYPTION_KEYS_FILE', keys, add: null }
  }
  if (config.DATABASE_URL !== '') return { name: 'ENCRYPTION_KEYS', keys: null, add: null }
  return ownFile(join(config.DATA_DIR, 'encryption-keys'))
}
