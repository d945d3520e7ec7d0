/**
 * Slow hashes of passwords, made off the event loop, one at a time. Rejects with `unavailable` when too many are waiting
 * already.
 */
export type PasswordHasher = {
  /** A PHC string with its own salt and parameters. */
  hash(password: string): Promise<string>
  /** Whether the password belongs to the hash. With `null` it does the same work and says no. */
  verify(hash: string | null, password: string): Promise<boolean>
  /** Whether an attacker would soon guess it: a common password, a repetition, a row of keys, or made of `known` words. */
  isGuessable(password: string, known: readonly string[]): Promise<boolean>
}
