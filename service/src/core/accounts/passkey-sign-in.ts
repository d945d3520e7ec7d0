import { AdminError } from '@repartee/sdk/protocol/admin'
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server'
import type { AdminActor, AdminVisitor } from '../access/admin-actor.ts'
import type { StoredPasskey } from '../account.ts'
import type { Deps } from '../deps.ts'
import { linkOf, newLink } from './account-links.ts'
import { challengeRules, enforceAdminLimit } from './account-rate-rules.ts'
import { completeSignIn } from './second-factor.ts'
import { endPrevious, type SignInDeps, type SignInStep, signedIn } from './sign-in.ts'

/** The domain a passkey is bound to: the dashboard's (WebAuthn §5.1.2, RP ID). */
export const rpIdOf = (visitor: AdminVisitor): string => new URL(visitor.origin).hostname

const invalid = (why: string, cause?: unknown): AdminError =>
  new AdminError('passkey_invalid', why, cause === undefined ? {} : { cause })

/**
 * Options for `navigator.credentials.get`. Without an actor any passkey of this dashboard is asked for; with one, those of
 * the account. Each challenge works once, for five minutes.
 */
export const passkeyOptions = async (
  deps: Pick<Deps, 'store' | 'limiter' | 'metrics' | 'now'>,
  visitor: AdminVisitor,
  actor: AdminActor | null,
): Promise<PublicKeyCredentialRequestOptionsJSON> => {
  await enforceAdminLimit(deps, 'challenges', challengeRules(visitor))
  const { secret, link } = newLink('use_passkey', deps.now(), actor === null ? {} : { accountId: actor.account.id })
  const passkeys = actor === null ? [] : await deps.store.passkeys.list(actor.account.id)
  const options = await generateAuthenticationOptions({
    rpID: rpIdOf(visitor),
    challenge: Buffer.from(secret, 'base64url'),
    userVerification: 'required',
    allowCredentials: passkeys.map(({ id }) => ({ id })),
  })
  await deps.store.accounts.addLink(link, [])
  return options
}

/** The challenge a response answers, as its client data names it. */
export const challengeOf = (response: Readonly<Record<string, unknown>>): string => {
  try {
    const inner = response.response as { clientDataJSON: string }
    const data: unknown = JSON.parse(Buffer.from(inner.clientDataJSON, 'base64url').toString('utf8'))
    const { challenge } = data as { challenge: unknown }
    if (typeof challenge === 'string') return challenge
  } catch (cause) {
    throw invalid('not a response of an authenticator', cause)
  }
  throw invalid('no challenge')
}

/** Check a passkey's answer to a challenge of ours, and use the challenge up. Resolves with the passkey. */
export const requirePasskey = async (
  deps: Pick<Deps, 'store' | 'now'>,
  visitor: AdminVisitor,
  response: Readonly<Record<string, unknown>>,
): Promise<StoredPasskey> => {
  const challenge = challengeOf(response)
  const link = await deps.store.accounts.spendLink(linkOf('use_passkey', challenge, deps.now()))
  if (link === null) throw invalid('the challenge is used, expired or not ours')
  const passkey = typeof response.id === 'string' ? await deps.store.passkeys.find(response.id) : null
  if (passkey === null || (link.accountId !== null && link.accountId !== passkey.accountId))
    throw invalid('no account has this passkey')
  const verified = await verifyAuthenticationResponse({
    response: response as unknown as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: visitor.origin,
    expectedRPID: rpIdOf(visitor),
    requireUserVerification: true,
    credential: {
      id: passkey.id,
      publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
      counter: passkey.counter,
    },
  }).catch((cause: unknown) => {
    throw invalid('the authenticator’s answer does not check out', cause)
  })
  if (!verified.verified) throw invalid('the signature is wrong')
  const use = { counter: verified.authenticationInfo.newCounter, at: deps.now() }
  if (!(await deps.store.passkeys.use(passkey.id, use))) throw invalid('the counter went back')
  return passkey
}

/** Sign in with a passkey: alone, or as the second factor of the session in progress. */
export const signInWithPasskey = async (
  deps: SignInDeps,
  visitor: AdminVisitor,
  actor: AdminActor | null,
  input: { response: Readonly<Record<string, unknown>> },
): Promise<SignInStep> => {
  await enforceAdminLimit(deps, 'challenges', challengeRules(visitor))
  const passkey = await requirePasskey(deps, visitor, input.response)
  const pending = actor !== null && actor.session.state === 'second_factor' ? actor : null
  if (pending !== null && pending.account.id === passkey.accountId) return completeSignIn(deps, pending)
  const account = await deps.store.accounts.find(passkey.accountId)
  if (account === null) throw invalid('its account no longer exists')
  if (account.suspendedAt !== null) throw new AdminError('account_suspended')
  await endPrevious(deps, actor)
  return signedIn(deps, visitor, account)
}
