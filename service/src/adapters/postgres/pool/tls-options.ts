import { readFile } from 'node:fs/promises'
import type { ConnectionOptions } from 'node:tls'
import { type ConnectionUrl, ConnectionUrlError } from './connection-url.ts'

const read = async (name: string, file: string | undefined): Promise<string | undefined> => {
  if (file === undefined) return undefined
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new ConnectionUrlError(`DATABASE_URL: cannot read ${name} ${file}`, { cause })
  }
}

/**
 * TLS options for a URL; `false` for no TLS. `require` encrypts but accepts any certificate. `verify-full` accepts only
 * certificates that are signed by `sslrootcert` (or a public authority) and name the host.
 */
export const readTlsOptions = async ({ tls }: Pick<ConnectionUrl, 'tls'>): Promise<ConnectionOptions | false> => {
  if (tls.mode === 'disable') return false
  const [ca, cert, key] = await Promise.all([
    read('sslrootcert', tls.rootCert),
    read('sslcert', tls.cert),
    read('sslkey', tls.key),
  ])
  return {
    rejectUnauthorized: tls.mode === 'verify-full',
    minVersion: 'TLSv1.2',
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
}
