import { domainToUnicode } from 'node:url'

/** An address as people read it, with an international domain in its own script. */
export const readableAddress = (address: string): string => {
  const at = address.lastIndexOf('@')
  const domain = domainToUnicode(address.slice(at + 1))
  return domain === '' ? address : `${address.slice(0, at)}@${domain}`
}

/** Enough of an address to recognise one that is known, and not enough to write to it: `a…@example.org`. */
export const maskAddress = (address: string): string => {
  const at = address.lastIndexOf('@')
  return at < 1 ? '…' : `${address.slice(0, 1)}…${readableAddress(address).slice(at)}`
}
