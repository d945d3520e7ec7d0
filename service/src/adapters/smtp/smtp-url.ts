import { isIP } from 'node:net'
import { parseUrl } from '../../core/parse-url.ts'

/** A mail server and how to reach it. */
export type SmtpServer = {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (`smtps`), or after STARTTLS, or none. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly auth: { readonly user: string; readonly pass: string } | null
}

const parameters = ['starttls']

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('the user or password has an invalid percent-encoding')
  }
}

/**
 * Read `smtp://user:password@host:port` or `smtps://…`. Without TLS the password and every link in a mail could be read
 * on the way, so `smtp` requires STARTTLS except to this machine; `?starttls=off` allows to do without. Throws an error
 * that repeats no part of the URL.
 */
export const parseSmtpUrl = (text: string): SmtpServer => {
  if (!/^smtps?:\/\/[^\s]+$/.test(text) || parseUrl(text) === null)
    throw new Error('expected smtp://user:password@host:port or smtps://…')
  const url = new URL(text)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (host === '') throw new Error('there is no host')
  if (!/^\/?$/.test(url.pathname) || url.hash !== '')
    throw new Error('expected nothing after host and port; percent-encode special characters of the password')
  for (const name of url.searchParams.keys())
    if (!parameters.includes(name)) throw new Error(`unknown parameter ${name.slice(0, 20)}`)
  const starttls = url.searchParams.get('starttls')
  if (starttls !== null && starttls !== 'off') throw new Error('starttls can only be off')
  if (url.port === '0') throw new Error('the port is not from 1 to 65535')
  const isImplicit = url.protocol === 'smtps:'
  const [user, pass] = [decode(url.username), decode(url.password)]
  if (user === '' && pass !== '') throw new Error('there is a password but no user')
  return {
    host,
    port: url.port === '' ? (isImplicit ? 465 : 587) : Number(url.port),
    tls: isImplicit ? 'implicit' : starttls === 'off' || isLoopback(host) ? 'none' : 'starttls',
    auth: user === '' ? null : { user, pass },
  }
}
