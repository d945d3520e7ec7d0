import { ReparteeError } from '@repartee/sdk/protocol'
import { AdminError, type OrganisationRole } from '@repartee/sdk/protocol/admin'
import type { Deps } from '../deps.ts'
import { hashSecret } from '../readers/credential.ts'
import { type AdminActor, type AdminVisitor, includesRole, roleIn, type SiteActor } from './admin-actor.ts'
import type { AdminRule } from './admin-permissions.ts'

/** How long a proof of who someone is counts for dangerous acts. */
export const STEP_UP_MS = 15 * 60_000

/** A session is written down as used at most this often. */
const TOUCH_MS = 5 * 60_000
/** A session ends after this long without use… */
export const IDLE_MS = 14 * 24 * 60 * 60_000
/** …and in any case this long after it began. */
export const SESSION_LIFE_MS = 60 * 24 * 60 * 60_000

type AccessDeps = Pick<Deps, 'store' | 'accountSessionCache' | 'now'>

const findActor = async (deps: AccessDeps, visitor: AdminVisitor, token: string | null): Promise<AdminActor> => {
  const nowAt = deps.now()
  const hash = token === null ? null : hashSecret(token)
  const found =
    hash === null ? null : await deps.accountSessionCache.get(hash, () => deps.store.accountSessions.find(hash, nowAt))
  if (found === null || found.session.expiresAt <= nowAt)
    throw new ReparteeError('unauthenticated', 'sign in to the dashboard')
  if (found.account.suspendedAt !== null) throw new AdminError('account_suspended')
  return { ...visitor, ...found }
}

/** Keep a session in use alive. Nothing waits for it, and a failure only makes it end earlier. */
const touch = (deps: AccessDeps, { session }: AdminActor): void => {
  const nowAt = deps.now()
  if (nowAt - session.lastUsedAt < TOUCH_MS) return
  const expiresAt = Math.min(nowAt + IDLE_MS, session.createdAt + SESSION_LIFE_MS)
  void deps.store.accountSessions.touch(session.id, nowAt, expiresAt).catch(() => undefined)
}

const requireSite = async (
  deps: AccessDeps,
  actor: AdminActor,
  siteKey: string,
  role: OrganisationRole,
): Promise<SiteActor> => {
  const site = await deps.store.sites.findByKey(siteKey)
  const own = site === null ? null : roleIn(actor, site.organisationId)
  // A foreign site is answered as one that does not exist.
  if (site === null || own === null) throw new ReparteeError('site_not_found')
  if (!includesRole(own, role)) throw new ReparteeError('forbidden', `the role ${role} is needed`)
  return { ...actor, site, role: own }
}

/** What a route's handler gets: as much of an actor as its rule demands. */
export type Granted = {
  readonly visitor: AdminVisitor
  readonly actor: AdminActor | null
  readonly siteActor: SiteActor | null
}

/**
 * Let a request through, or refuse it: `unauthenticated` without a session, `second_factor_required` with half of one,
 * `step_up_required` when the last proof is too old, `forbidden` with too low a role, and `site_not_found` for every site
 * of someone else.
 */
export const authorizeAdmin = async (
  deps: AccessDeps,
  rule: AdminRule,
  request: { readonly visitor: AdminVisitor; readonly token: string | null; readonly siteKey: string | null },
): Promise<Granted> => {
  const { visitor } = request
  if (rule.who === 'anyone') {
    // Signing in ends a session that the browser has, and some acts work with one or without.
    const actor = await findActor(deps, visitor, request.token).catch((error: unknown) => {
      if (error instanceof AdminError || (error instanceof ReparteeError && error.code === 'unauthenticated'))
        return null
      throw error
    })
    return { visitor, actor, siteActor: null }
  }
  const actor = await findActor(deps, visitor, request.token)
  if (rule.who === 'second_factor') {
    if (actor.session.state !== 'second_factor') throw new ReparteeError('unauthenticated', 'begin with the password')
    return { visitor, actor, siteActor: null }
  }
  if (actor.session.state !== 'signed_in') throw new AdminError('second_factor_required')
  if (rule.who === 'operator' && !actor.account.operator)
    throw new ReparteeError('forbidden', 'only operators of the installation may do this')
  const siteActor = rule.who === 'site' ? await requireSite(deps, actor, request.siteKey ?? '', rule.role) : null
  if ('stepUp' in rule && deps.now() - (actor.session.steppedUpAt ?? 0) > STEP_UP_MS)
    throw new AdminError('step_up_required')
  touch(deps, actor)
  return { visitor, actor, siteActor }
}
