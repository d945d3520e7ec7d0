import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { stdio: 'ignore' })
}

/** Create a certificate authority in `folder`, as `NAME.crt` and `NAME.key`. */
export const makeAuthority = (folder: string, name: string): void => {
  const [key, crt] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
  const subject = ['-subj', `/CN=${name}`, '-days', '2', '-nodes']
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-keyout',
    key,
    '-out',
    crt,
    ...subject,
  )
}

/** Create a certificate signed by an authority in `folder`, for the given names (`DNS:…`, `IP:…`). */
export const makeCertificate = (
  folder: string,
  o: { authority: string; name: string; commonName: string; names?: string },
): void => {
  const file = (end: string): string => join(folder, `${o.name}.${end}`)
  const request = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${o.commonName}`]
  openssl('req', ...request, '-keyout', file('key'), '-out', file('csr'))
  writeFileSync(file('ext'), o.names === undefined ? '' : `subjectAltName=${o.names}\n`)
  const authority = ['-CA', join(folder, `${o.authority}.crt`), '-CAkey', join(folder, `${o.authority}.key`)]
  const signed = ['-CAcreateserial', '-days', '2', '-extfile', file('ext'), '-out', file('crt')]
  openssl('x509', '-req', '-in', file('csr'), ...authority, ...signed)
  chmodSync(file('key'), 0o600)
}
