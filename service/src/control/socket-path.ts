import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** The path of a node's control socket: in the data folder, which only its owner can enter. */
export const socketPath = (dataDir: string): string =>
  process.platform === 'win32'
    ? `\\\\.\\pipe\\repartee-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`
    : join(dataDir, 'control.sock')

/** Whether a socket can have this path. The limit is 103 bytes on macOS and 107 on Linux (unix(7)). */
export const socketPathFits = (path: string): boolean => Buffer.byteLength(path) <= 103
