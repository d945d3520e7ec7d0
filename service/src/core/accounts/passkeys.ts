import { AdminError, type Passkey } from '@repartee/sdk/protocol/admin'
import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { AdminActor } from '../access/admin-actor.ts'
import type { StoredPasskey } from '../account.ts'
import type { Deps } from '../deps.ts'
import { linkOf, newLink } from './account-links.ts'
import { accountMail } from './account-mail.ts'
import { challengeRules, enforceAdminLimit } from './account-rate-rules.ts'
import { toAdminAccount } from './account-view.ts'
import { challengeOf, rpIdOf } from './passkey-sign-in.ts'

const toPasskey = ({ id, name, createdAt, lastUsedAt }: StoredPasskey): Passkey => ({ id, name, createdAt, lastUsedAt })

const cleanName = (raw: string): string =>
  raw
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()

export const listPasskeys = async (deps: Pick<Deps, 'store'>, actor: AdminActor): Promise<Passkey[]> =>
  (await deps.store.passkeys.list(actor.account.id)).map(toPasskey)

/** Options for `navigator.credentials.create`: a discoverable credential with user verification, so that it signs in alone. */
export const registrationOptions = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'limiter' | 'metrics' | 'now'>,
  actor: AdminActor,
): Promise<PublicKeyCredentialCreationOptionsJSON> => {
  const { account } = actor
  await enforceAdminLimit(deps, 'challenges', challengeRules(actor))
  const { secret, link } = newLink('register_passkey', deps.now(), { accountId: account.id })
  const { email, name } = toAdminAccount(deps.secrets, account, [])
  const existing = await deps.store.passkeys.list(account.id)
  const options = await generateRegistrationOptions({
    rpName: 'Repartee',
    rpID: rpIdOf(actor),
    userName: email,
    userDisplayName: name,
    // Not the address: authenticators keep it in clear (WebAuthn §14.6.1).
    userID: new TextEncoder().encode(account.id),
    challenge: Buffer.from(secret, 'base64url'),
    attestationType: 'none',
    excludeCredentials: existing.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  await deps.store.accounts.addLink(link, [])
  return options
}

/** Add the passkey an authenticator has made for `registrationOptions`. */
export const addPasskey = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'dashboard' | 'accountSessionCache' | 'now'>,
  actor: AdminActor,
  input: { response: Readonly<Record<string, unknown>>; name: string },
): Promise<Passkey> => {
  const { account } = actor
  const nowAt = deps.now()
  const challenge = challengeOf(input.response)
  const link = await deps.store.accounts.spendLink(linkOf('register_passkey', challenge, nowAt))
  if (link?.accountId !== account.id)
    throw new AdminError('passkey_invalid', 'the challenge is used, expired or not ours')
  const verified = await verifyRegistrationResponse({
    response: input.response as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: actor.origin,
    expectedRPID: rpIdOf(actor),
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    throw new AdminError('passkey_invalid', 'the authenticator’s answer does not check out', { cause })
  })
  if (!verified.verified) throw new AdminError('passkey_invalid', 'the attestation is wrong')
  const { credential } = verified.registrationInfo
  const passkey: StoredPasskey = {
    id: credential.id,
    accountId: account.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: credential.transports ?? [],
    name: cleanName(input.name),
    createdAt: nowAt,
    lastUsedAt: null,
  }
  const mails = accountMail(deps, account, { kind: 'second_factor_changed', change: 'passkey_added' })
  if (!(await deps.store.passkeys.add(passkey, mails)))
    throw new AdminError('passkey_invalid', 'this passkey is registered already')
  deps.accountSessionCache.forgetAccount(account.id)
  return toPasskey(passkey)
}

export const renamePasskey = async (
  deps: Pick<Deps, 'store'>,
  actor: AdminActor,
  input: { passkey: string; name: string },
): Promise<void> => {
  if (!(await deps.store.passkeys.rename(actor.account.id, input.passkey, cleanName(input.name))))
    throw new AdminError('object_not_found')
}

export const removePasskey = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'dashboard' | 'accountSessionCache' | 'now'>,
  actor: AdminActor,
  input: { passkey: string },
): Promise<void> => {
  const mails = accountMail(deps, actor.account, { kind: 'second_factor_changed', change: 'passkey_removed' })
  const removed = await deps.store.passkeys.remove(actor.account.id, input.passkey, mails)
  deps.accountSessionCache.forgetAccount(actor.account.id)
  if (!removed) throw new AdminError('object_not_found')
}
