import { parseInput, parseJson } from '@repartee/sdk/protocol'
import { AdminError, type Language, languageSchema, type SignUpResult } from '@repartee/sdk/protocol/admin'
import * as v from 'valibot'
import type { AdminVisitor } from '../access/admin-actor.ts'
import { dashboardLink } from '../dashboard.ts'
import type { Deps } from '../deps.ts'
import { linkOf, linkPlace, newLink } from './account-links.ts'
import { mailTo } from './account-mail.ts'
import { enforceAdminLimit, linkRules, mailRules, mayMail } from './account-rate-rules.ts'
import { parseEmail } from './email-address.ts'
import { newAccount } from './new-account.ts'
import { type SignInDeps, type SignInStep, signedIn } from './sign-in.ts'

/** What a sign-up link carries until the address is proven; no account exists before that. */
const pendingSchema = v.object({
  id: v.string(),
  emailDigest: v.string(),
  emailSealed: v.string(),
  name: v.string(),
  language: v.nullable(languageSchema),
  passwordHash: v.string(),
  organisation: v.object({ id: v.string(), name: v.string() }),
})

/**
 * Ask for an account where sign-up is open. The address gets a link that makes it; or, if it has an account already, a
 * mail that says so. The answer and the work are the same. Nothing but the link is stored, and that expires.
 */
export const signUp = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'passwords' | 'dashboard' | 'limiter' | 'metrics' | 'now'>,
  visitor: AdminVisitor,
  input: { email: string; password: string; name: string; language?: Language | undefined },
): Promise<SignUpResult> => {
  const { dashboard } = deps
  if (dashboard.signUp === 'closed') throw new AdminError('sign_up_closed')
  if (dashboard.signUp === 'invitation') throw new AdminError('invitation_required')
  if (!dashboard.mail) throw new AdminError('mail_not_configured')
  const email = parseEmail(input.email)
  await enforceAdminLimit(deps, 'mails', mailRules(visitor))
  const {
    createdAt: _createdAt,
    emailVerifiedAt: _verifiedAt,
    ...pending
  } = await newAccount(deps, {
    ...input,
    isVerified: true,
  })
  if (!(await mayMail(deps, pending.emailDigest))) return { state: 'sent' }
  const nowAt = deps.now()
  const { secret, link } = newLink('sign_up', nowAt)
  const sealed = deps.secrets.seal(linkPlace(link.hash), JSON.stringify(pending))
  const to = { to: email, language: pending.language }
  await deps.store.accounts.addSignUp(
    pending.emailDigest,
    { ...link, sealed },
    {
      unknown: mailTo(deps, to, {
        kind: 'sign_up',
        link: dashboardLink(dashboard, 'confirm', secret),
        expiresAt: link.expiresAt,
      }),
      known: mailTo(deps, to, { kind: 'sign_up_known_address', link: `${dashboard.url()}/dashboard/sign-in` }),
    },
  )
  return { state: 'sent' }
}

/** Make the account of a sign-up link, and sign in. */
export const confirmSignUp = async (
  deps: SignInDeps,
  visitor: AdminVisitor,
  input: { token: string },
): Promise<SignInStep> => {
  await enforceAdminLimit(deps, 'links', linkRules(visitor))
  const nowAt = deps.now()
  const link = linkOf('sign_up', input.token, nowAt)
  const found = await deps.store.accounts.findLink(link)
  if (found?.sealed == null) throw new AdminError('link_invalid')
  const pending = parseInput(pendingSchema, parseJson(deps.secrets.open(linkPlace(found.hash), found.sealed)))
  const account = await deps.store.accounts.create(link, { ...pending, emailVerifiedAt: nowAt, createdAt: nowAt }, [])
  if (account === 'link_invalid' || account === 'taken') throw new AdminError('link_invalid')
  return signedIn(deps, visitor, account)
}
