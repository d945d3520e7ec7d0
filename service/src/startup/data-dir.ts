import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, ConfigError } from './config.ts'
import { describeFileError } from './file-error.ts'

/** Create the data folder. Only its owner may enter: it contains the secret and the database. */
export const ensureDataDir = async ({ DATA_DIR }: Pick<Config, 'DATA_DIR'>): Promise<void> => {
  try {
    await mkdir(DATA_DIR, { recursive: true, mode: 0o700 })
    await access(DATA_DIR, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new ConfigError(`DATA_DIR: cannot write to ${DATA_DIR}: ${describeFileError(error) ?? String(error)}`)
  }
}

/** The secret that keys are derived from: the configured one, or one created at the first start and kept. */
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
    throw new Error(`${file} is too short to be the secret; restore the original file or set REPARTEE_SECRET`)
  return secret
}
