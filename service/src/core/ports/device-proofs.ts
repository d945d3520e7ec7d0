/** Proof that a browser has signed in to an account before. It signs nobody in; see `guessRules`. */
export type DeviceProofs = {
  /** A new proof for an account, named by the digest of its address. */
  issue(emailDigest: string): string
  check(emailDigest: string, proof: string): boolean
}
