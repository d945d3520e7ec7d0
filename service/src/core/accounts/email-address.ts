import { domainToASCII } from 'node:url'
import { AdminError } from '@repartee/sdk/protocol/admin'

/** RFC 5321 §4.5.3.1: 64 octets before the @, 255 after it, 254 in all (its erratum 1690). */
const MAX_LOCAL = 64
const MAX_LENGTH = 254

/** A dot-atom of RFC 5322 §3.2.3: no quoted form, which hardly any provider accepts. */
const localPart = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/
const domainPart = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/
/** What `domainToASCII`, which reads a URL's host, would take apart, decode or drop. */
const notInDomains = /[\s:/?#@%[\]\\<>()",;]/
/** Nobody can receive mail there (RFC 6761, RFC 6762, RFC 7686). `.test` and `.example` stay, for tests. */
const nowhere = /\.(localhost|invalid|local|onion)$/

const invalid = (why: string): AdminError => new AdminError('email_invalid', `email: ${why}`)

/**
 * An e-mail address as mail is sent to it: spaces around it removed, the domain in lower case and ASCII. Throws
 * `email_invalid` for what is not an address. Letters outside ASCII before the @ are refused: they need SMTPUTF8 (RFC 6531)
 * of every server on the way, large providers lack it, and then no mail arrives.
 */
export const parseEmail = (raw: string): string => {
  const text = raw.trim()
  const at = text.lastIndexOf('@')
  if (at < 1) throw invalid('expected name@domain')
  if (text.length > 2 * MAX_LENGTH) throw invalid('too long')
  const local = text.slice(0, at)
  if (/\P{ASCII}/u.test(local)) throw invalid('letters such as é before the @ are not supported by all mail servers')
  if (!localPart.test(local)) throw invalid('the part before the @ has characters that addresses do not have')
  const typed = text.slice(at + 1)
  const domain = notInDomains.test(typed) ? '' : domainToASCII(typed)
  if (!domainPart.test(domain) || nowhere.test(domain)) throw invalid('the part after the @ is not a domain')
  const address = `${local}@${domain}`
  if (local.length > MAX_LOCAL || address.length > MAX_LENGTH) throw invalid('too long')
  return address
}

/**
 * The form by which an account is found. Providers ignore the case of the local part (RFC 5321 §2.4 advises it), so two
 * spellings are one account.
 */
export const canonicalEmail = (address: string): string => address.toLowerCase()
