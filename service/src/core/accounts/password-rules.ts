import { AdminError } from '@repartee/sdk/protocol/admin'
import type { PasswordHasher } from '../ports/password-hasher.ts'

/**
 * NIST SP 800-63B-4 §3.1.1.2: at least 15 characters where the password alone signs in; no rules about kinds of
 * characters; common and expected values are refused.
 */
export const MIN_PASSWORD = 15
/** Longer ones only cost time. NIST asks to take at least 64. */
export const MAX_PASSWORD = 256

/** The password in the one form that is hashed: two keyboards may compose the same letter differently (NIST: NFC or NFKC). */
export const normalisePassword = (password: string): string => password.normalize('NFKC')

/** Refuse a new password that is too short, too long, or among the first that an attacker tries. `known` are words about its owner. */
export const requireGoodPassword = async (
  passwords: Pick<PasswordHasher, 'isGuessable'>,
  password: string,
  known: readonly string[],
): Promise<string> => {
  const normal = normalisePassword(password)
  const length = [...normal].length
  if (length < MIN_PASSWORD) throw new AdminError('password_too_short', `password: at least ${MIN_PASSWORD} characters`)
  if (length > MAX_PASSWORD) throw new AdminError('password_too_long', `password: at most ${MAX_PASSWORD} characters`)
  if (await passwords.isGuessable(normal, known)) throw new AdminError('password_too_common')
  return normal
}
