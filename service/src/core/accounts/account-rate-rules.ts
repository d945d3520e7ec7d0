import type { AdminVisitor } from '../access/admin-actor.ts'
import type { Deps } from '../deps.ts'
import type { RateRule } from '../ports/rate-limiter.ts'
import { enforceRateLimit } from '../rate-rules.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const rule = (what: string, who: string, limit: number, windowMs: number): RateRule => ({
  key: `admin:${what}:${who}`,
  scope: 'admin',
  limit,
  windowMs,
})

/**
 * How often a password or code may be tried for an account. Strangers share a budget for it, a browser that has signed in
 * to it before has its own: so whoever guesses, from however many networks, does not lock the owner out (OWASP, device
 * cookies). `account` is a digest or an id.
 */
export const guessRules = (visitor: AdminVisitor, account: string, isKnownDevice: boolean): RateRule[] =>
  isKnownDevice
    ? [rule('guess', `d:${account}:${visitor.knownDevice}`, 20, 15 * MINUTE_MS)]
    : [
        rule('guess', `n:${visitor.network}`, 60, 15 * MINUTE_MS),
        rule('guess', `p:${account}:${visitor.network}`, 10, 15 * MINUTE_MS),
        rule('guess', `a:${account}`, 50, HOUR_MS),
      ]

/** How often one network may ask for mail or open accounts. */
export const mailRules = (visitor: AdminVisitor): RateRule[] => [rule('mail', `n:${visitor.network}`, 20, HOUR_MS)]

/** How often one address gets mail that anyone can ask for. */
const addressRules = (emailDigest: string): RateRule[] => [rule('mail', `a:${emailDigest}`, 5, HOUR_MS)]

/** How often one network may bring one-time secrets of any kind. 256 bits cannot be guessed; this bounds the work. */
export const linkRules = (visitor: AdminVisitor): RateRule[] => [
  rule('links', `n:${visitor.network}`, 60, 15 * MINUTE_MS),
]

/** How often one network may ask for a passkey's challenge, each of which is stored for minutes. */
export const challengeRules = (visitor: AdminVisitor): RateRule[] => [
  rule('challenges', `n:${visitor.network}`, 60, 15 * MINUTE_MS),
]

/** How many sites one account may make. */
export const siteRules = (accountId: string): RateRule[] => [rule('sites', `a:${accountId}`, 30, HOUR_MS)]

/** How often a page of one site may be looked at on request. */
export const checkRules = (siteId: string): RateRule[] => [rule('checks', `s:${siteId}`, 20, 10 * MINUTE_MS)]

/** Charge a request, or throw `rate_limited` with the time to wait. */
export const enforceAdminLimit = (
  deps: Pick<Deps, 'limiter' | 'metrics'>,
  name: 'sign-ins' | 'mails' | 'links' | 'challenges' | 'sites' | 'checks',
  rules: readonly RateRule[],
): Promise<void> => enforceRateLimit(deps, name, rules)

/** Whether an address may get another mail now. Not an error: the answer must not tell that someone asked before. */
export const mayMail = async (deps: Pick<Deps, 'limiter'>, emailDigest: string): Promise<boolean> =>
  (await deps.limiter.take(addressRules(emailDigest))).allowed
