import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.ts'

/** Make the data folder, for its owner alone: it holds the secret and what readers wrote. */
export const ensureDataDir = async (config: Pick<Config, 'DATA_DIR'>): Promise<void> => {
  await mkdir(config.DATA_DIR, { recursive: true, mode: 0o700 })
}

/** The secret reader tokens are derived from: the configured one, or one made at the first start and kept. */
export const readSecret = async (config: Pick<Config, 'REPARTEE_SECRET' | 'DATA_DIR'>): Promise<Uint8Array> => {
  if (config.REPARTEE_SECRET !== '') return Buffer.from(config.REPARTEE_SECRET)
  const file = join(config.DATA_DIR, 'secret')
  try {
    await writeFile(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const secret = await readFile(file)
  if (secret.length < 32)
    throw new Error(`${file} is too short to be a secret; put the right one back or set REPARTEE_SECRET`)
  return secret
}
