import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** Where a serving process listens to its operator: in the data folder, which only its owner can enter. */
export const socketPath = (dataDir: string): string =>
  process.platform === 'win32'
    ? `\\\\.\\pipe\\repartee-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`
    : join(dataDir, 'control.sock')

/** A Unix socket's path holds 107 bytes on Linux (unix(7)); a longer one cannot be listened on. */
export const socketPathFits = (path: string): boolean => Buffer.byteLength(path) <= 103
