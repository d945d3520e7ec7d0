import { domainToASCII } from 'node:url'
import { AdminError } from '@repartee/sdk/protocol/admin'

/** RFC 5321 §4.5.3.1: 64 octets before the @, 255 after it, 254 in all (its erratum 1690). */
const MAX_LOCAL_BYTES = 64
const MAX_BYTES = 254

/** Letters of any script, as RFC 6531 allows; no quoted form, which hardly any provider accepts. */
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainPart = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/

const invalid = (why: string): AdminError => new AdminError('email_invalid', `email: ${why}`)

/**
 * An e-mail address as mail is sent to it: spaces around it removed, Unicode in normal form, the domain in lower case and
 * ASCII. Throws `email_invalid` for what is not an address.
 */
export const parseEmail = (raw: string): string => {
  const text = raw.trim().normalize('NFC')
  const at = text.lastIndexOf('@')
  if (at < 1) throw invalid('expected name@domain')
  const local = text.slice(0, at)
  if (!localPart.test(local)) throw invalid('the part before the @ has characters that addresses do not have')
  const domain = domainToASCII(text.slice(at + 1)).toLowerCase()
  if (!domainPart.test(domain)) throw invalid('the part after the @ is not a domain')
  const address = `${local}@${domain}`
  if (Buffer.byteLength(local) > MAX_LOCAL_BYTES || Buffer.byteLength(address) > MAX_BYTES) throw invalid('too long')
  return address
}

/**
 * The form by which an account is found. Providers ignore the case of the local part (RFC 5321 §2.4 advises it), so two
 * spellings are one account.
 */
export const canonicalEmail = (address: string): string => address.toLowerCase()
