/**
 * Slow hashes of passwords, made off the event loop, a bounded number at a time. Rejects with `unavailable` when too many
 * are waiting already.
 */
export type PasswordHasher = {
  /** A PHC string with its own salt and parameters. */
  hash(password: string): Promise<string>
  /** Whether the password belongs to the hash. With `null` it does the same work and says no. */
  verify(hash: string | null, password: string): Promise<boolean>
  /** Whether the hash was made with weaker parameters than today's. */
  isOutdated(hash: string): boolean
}
