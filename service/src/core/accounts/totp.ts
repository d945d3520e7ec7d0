import { randomInt } from 'node:crypto'
import { AdminError, type RecoveryCodes, type TotpEnrolment } from '@repartee/sdk/protocol/admin'
import { generateSecret, generateURI } from 'otplib'
import type { AdminActor } from '../access/admin-actor.ts'
import type { Deps } from '../deps.ts'
import { accountMail } from './account-mail.ts'
import { toAdminAccount } from './account-view.ts'
import { enforceGuess, recoveryHash, totpPlace, totpStep } from './second-factor.ts'

const RECOVERY_CODES = 10
/** No 0, 1, l, o, so that a printed code is read one way; 31^10 is about 2^49. */
const ALPHABET = '23456789abcdefghijkmnpqrstuvwxyz'
const CODE_LENGTH = 10

const newRecoveryCode = (): string => {
  const text = Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return `${text.slice(0, CODE_LENGTH / 2)}-${text.slice(CODE_LENGTH / 2)}`
}

/** Begin to set up an authenticator. Nothing changes until a first code is confirmed. */
export const beginTotp = async (deps: Pick<Deps, 'store' | 'secrets'>, actor: AdminActor): Promise<TotpEnrolment> => {
  const { account } = actor
  const secret = generateSecret()
  await deps.store.accounts.beginTotp(account.id, deps.secrets.seal(totpPlace(account.id), secret))
  const label = toAdminAccount(deps.secrets, account, []).email
  return { secret, uri: generateURI({ issuer: 'Repartee', label, secret }) }
}

/** Turn the authenticator on with its first code, and give out recovery codes. Codes given out before stop working. */
export const confirmTotp = async (
  deps: Pick<
    Deps,
    'store' | 'secrets' | 'dashboard' | 'limiter' | 'metrics' | 'deviceProofs' | 'accountSessionCache' | 'now'
  >,
  actor: AdminActor,
  input: { code: string },
): Promise<RecoveryCodes> => {
  const { account } = actor
  await enforceGuess(deps, actor)
  const pendingSealed = await deps.store.accounts.pendingTotp(account.id)
  if (pendingSealed === null) throw new AdminError('code_invalid', 'set-up of the authenticator has not begun')
  const step = totpStep(deps.secrets.open(totpPlace(account.id), pendingSealed), input.code, deps.now())
  if (step === null) throw new AdminError('code_invalid')
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
  const done = await deps.store.accounts.confirmTotp(account.id, {
    pendingSealed,
    step,
    recoveryHashes: codes.map(recoveryHash),
    mails: accountMail(deps, account, { kind: 'second_factor_changed', change: 'totp_added' }),
  })
  if (!done) throw new AdminError('code_invalid', 'set-up of the authenticator was begun anew')
  deps.accountSessionCache.forgetAccount(account.id)
  return { codes }
}

/** Turn the authenticator off. */
export const removeTotp = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'dashboard' | 'accountSessionCache' | 'now'>,
  actor: AdminActor,
): Promise<void> => {
  const mails = accountMail(deps, actor.account, { kind: 'second_factor_changed', change: 'totp_removed' })
  await deps.store.accounts.removeTotp(actor.account.id, mails)
  deps.accountSessionCache.forgetAccount(actor.account.id)
}

/** Give out new recovery codes; the old ones stop working. */
export const renewRecoveryCodes = async (
  deps: Pick<Deps, 'store' | 'accountSessionCache'>,
  actor: AdminActor,
): Promise<RecoveryCodes> => {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
  await deps.store.accounts.replaceRecoveryCodes(actor.account.id, codes.map(recoveryHash))
  deps.accountSessionCache.forgetAccount(actor.account.id)
  return { codes }
}
