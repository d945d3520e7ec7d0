import { parseInput, parseJson } from '@repartee/sdk/protocol'
import { AdminError, type Invitation, type Language } from '@repartee/sdk/protocol/admin'
import * as v from 'valibot'
import type { AdminActor, AdminVisitor } from '../access/admin-actor.ts'
import { dashboardLink } from '../dashboard.ts'
import type { Deps } from '../deps.ts'
import type { StoredLink } from '../ports/account-store.ts'
import { linkOf, linkPlace, newLink } from './account-links.ts'
import { mailTo } from './account-mail.ts'
import { enforceAdminLimit, linkRules } from './account-rate-rules.ts'
import { canonicalEmail, parseEmail } from './email-address.ts'
import { newAccount } from './new-account.ts'
import { type SignInDeps, type SignInStep, signedIn } from './sign-in.ts'

/** What an invitation carries. `mailed`: only its mail has the link, so whoever brings it reads that mailbox. */
const carriedSchema = v.object({ email: v.string(), mailed: v.boolean() })

const readCarried = (deps: Pick<Deps, 'secrets'>, link: StoredLink | null) =>
  link?.sealed == null
    ? null
    : parseInput(carriedSchema, parseJson(deps.secrets.open(linkPlace(link.hash), link.sealed)))

/** Invite someone to open an account. Resolves with the link where no mail can be sent, else with `null`. */
export const invite = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'dashboard' | 'now'>,
  actor: Pick<AdminActor, 'account'> | null,
  input: { email: string; language?: Language | undefined },
): Promise<{ link: string | null }> => {
  const { dashboard, secrets } = deps
  const email = parseEmail(input.email)
  if ((await deps.store.accounts.findByEmail(secrets.digest('email', canonicalEmail(email)))) !== null)
    throw new AdminError('email_taken')
  const { secret, link } = newLink('invitation', deps.now())
  const sealed = secrets.seal(linkPlace(link.hash), JSON.stringify({ email, mailed: dashboard.mail }))
  const url = dashboardLink(dashboard, 'invitation', secret)
  const mail = mailTo(
    deps,
    { to: email, language: input.language ?? actor?.account.language ?? null },
    {
      kind: 'invitation',
      link: url,
      expiresAt: link.expiresAt,
      from: actor?.account.name ?? '',
    },
  )
  await deps.store.accounts.addLink({ ...link, sealed }, dashboard.mail ? [mail] : [])
  return { link: dashboard.mail ? null : url }
}

/** Invitations that are open, newest first; at most 200. */
export const listInvitations = async (deps: Pick<Deps, 'store' | 'secrets' | 'now'>): Promise<Invitation[]> => {
  const links = await deps.store.accounts.listLinks('invitation', deps.now())
  return links.map((link) => ({
    id: link.hash,
    email: readCarried(deps, link)?.email ?? '',
    createdAt: link.createdAt,
    expiresAt: link.expiresAt,
  }))
}

/** Take an invitation back. */
export const removeInvitation = async (deps: Pick<Deps, 'store'>, input: { id: string }): Promise<void> => {
  if (!(await deps.store.accounts.removeLink(input.id, 'invitation'))) throw new AdminError('object_not_found')
}

/** The address an invitation is for. */
export const readInvitation = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'limiter' | 'metrics' | 'now'>,
  visitor: AdminVisitor,
  input: { token: string },
): Promise<{ email: string }> => {
  await enforceAdminLimit(deps, 'links', linkRules(visitor))
  const carried = readCarried(deps, await deps.store.accounts.findLink(linkOf('invitation', input.token, deps.now())))
  if (carried === null) throw new AdminError('link_invalid')
  return { email: carried.email }
}

/** Open the account an invitation is for, and sign in. */
export const acceptInvitation = async (
  deps: SignInDeps,
  visitor: AdminVisitor,
  input: { token: string; password: string; name: string; language?: Language | undefined },
): Promise<SignInStep> => {
  await enforceAdminLimit(deps, 'links', linkRules(visitor))
  const link = linkOf('invitation', input.token, deps.now())
  const carried = readCarried(deps, await deps.store.accounts.findLink(link))
  if (carried === null) throw new AdminError('link_invalid')
  const created = await newAccount(deps, { ...input, email: carried.email, isVerified: carried.mailed })
  const account = await deps.store.accounts.create(link, created, [])
  if (account === 'link_invalid' || account === 'taken') throw new AdminError('link_invalid')
  return signedIn(deps, visitor, account)
}
