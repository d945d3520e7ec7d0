import type { OrganisationRole } from '@repartee/sdk/protocol/admin'

/**
 * Who may call a route of the admin API.
 *
 * - `anyone`: no session is needed.
 * - `second_factor`: a session that waits for its second factor, and no other.
 * - `account`: any account that is signed in.
 * - `operator`: an account that runs the installation.
 * - `site`: a member of the organisation of the site in the path, with at least this role. For everyone else, the site
 *   does not exist.
 *
 * `stepUp`: the person must have proved who they are within the last minutes.
 */
export type AdminRule =
  | { readonly who: 'anyone' | 'second_factor' }
  | { readonly who: 'account' | 'operator'; readonly stepUp?: true }
  | { readonly who: 'site'; readonly role: OrganisationRole; readonly stepUp?: true }

/** Every route of the admin API by name. A route without a rule does not compile. */
export const adminPermissions = {
  'admin.installation': { who: 'anyone' },
  'admin.setup': { who: 'anyone' },
  'admin.signIn': { who: 'anyone' },
  'admin.signIn.code': { who: 'second_factor' },
  'admin.signIn.recoveryCode': { who: 'second_factor' },
  'admin.signIn.passkeyOptions': { who: 'anyone' },
  'admin.signIn.passkey': { who: 'anyone' },
  'admin.signOut': { who: 'anyone' },
  'admin.signUp': { who: 'anyone' },
  'admin.signUp.confirm': { who: 'anyone' },
  'admin.invitation.read': { who: 'anyone' },
  'admin.invitation.accept': { who: 'anyone' },
  'admin.password.requestReset': { who: 'anyone' },
  'admin.password.reset': { who: 'anyone' },
  'admin.email.verify': { who: 'anyone' },
  'admin.email.confirmChange': { who: 'anyone' },
  'admin.account': { who: 'account' },
  'admin.account.change': { who: 'account' },
  'admin.account.changePassword': { who: 'account' },
  'admin.account.changeEmail': { who: 'account', stepUp: true },
  'admin.account.sendVerification': { who: 'account' },
  'admin.totp.begin': { who: 'account', stepUp: true },
  'admin.totp.confirm': { who: 'account', stepUp: true },
  'admin.totp.remove': { who: 'account', stepUp: true },
  'admin.recoveryCodes': { who: 'account', stepUp: true },
  'admin.passkeys': { who: 'account' },
  'admin.passkeys.options': { who: 'account', stepUp: true },
  'admin.passkeys.add': { who: 'account', stepUp: true },
  'admin.passkeys.rename': { who: 'account' },
  'admin.passkeys.remove': { who: 'account', stepUp: true },
  'admin.sessions': { who: 'account' },
  'admin.sessions.end': { who: 'account' },
  'admin.sessions.endOthers': { who: 'account' },
  'admin.stepUp.options': { who: 'account' },
  'admin.stepUp': { who: 'account' },
  'admin.invitations': { who: 'operator' },
  'admin.invitations.create': { who: 'operator', stepUp: true },
  'admin.invitations.remove': { who: 'operator' },
  'admin.mail': { who: 'operator' },
  'admin.mail.test': { who: 'operator' },
  'admin.mail.progress': { who: 'operator' },
  'admin.mail.failed': { who: 'operator' },
  'admin.mail.retry': { who: 'operator' },
  'admin.mail.retryAll': { who: 'operator' },
  'admin.sites': { who: 'account' },
  'admin.sites.create': { who: 'account' },
  'admin.site': { who: 'site', role: 'viewer' },
  'admin.site.change': { who: 'site', role: 'admin' },
  'admin.site.remove': { who: 'site', role: 'owner', stepUp: true },
  'admin.site.restore': { who: 'site', role: 'owner' },
  'admin.site.export': { who: 'site', role: 'owner', stepUp: true },
  'admin.site.installation': { who: 'site', role: 'viewer' },
  'admin.site.installation.check': { who: 'site', role: 'admin' },
} as const satisfies Readonly<Record<string, AdminRule>>

export type AdminRouteName = keyof typeof adminPermissions
