/** The keys that secrets are encrypted with. Their bytes stay inside. */
export type KeyRing = {
  /** Newest first: the first encrypts, all decrypt. */
  ids(): readonly string[]
  /** The id of the key that a sealed text needs. */
  idOf(sealed: string): string
  /**
   * Make a new key, keep it, and encrypt with it from now on. `null` where the operator keeps the keys: then a new key
   * comes with the configuration.
   */
  readonly renew: (() => Promise<string>) | null
}
