import type {
  AccountSession,
  AdminAccount,
  InstallationInfo,
  Invitation,
  InvitationResult,
  Language,
  Passkey,
  RecoveryCodes,
  SignInResult,
  StepUp,
  TotpEnrolment,
} from '../protocol/admin/account-schemas.ts'
import type { AdminSite, AdminSites, ChangeSite } from '../protocol/admin/admin-site-schemas.ts'
import type { Installation, InstallationCheck } from '../protocol/admin/installation-schemas.ts'
import type { FailedMailPage, MailProgress, MailStatus } from '../protocol/admin/mail-schemas.ts'
import { createAdminRequest } from './admin-request.ts'

/** JSON for `PublicKeyCredential.parseCreationOptionsFromJSON` and its sibling, and what `toJSON` of a credential gives. */
export type WebAuthnJson = Record<string, unknown>

type Credentials = { readonly email: string; readonly password: string }
type NewPerson = { readonly password: string; readonly name?: string; readonly language?: Language }

/**
 * The admin API of one service, for pages that it serves: the session is a cookie. Every rejection is an `AdminError` or a
 * `ReparteeError`. `step_up_required` asks for `stepUp`, after which the same call succeeds.
 */
export const createAdminClient = (o: { baseUrl?: string; fetch?: typeof fetch } = {}) => {
  const request = createAdminRequest(o.baseUrl ?? '', o.fetch ?? ((input, init) => fetch(input, init)))
  const get = <T>(path: string, signal?: AbortSignal): Promise<T> => request<T>({ path, signal })
  const post = <T = void>(path: string, body?: unknown): Promise<T> => request<T>({ method: 'POST', path, body })
  const patch = <T = void>(path: string, body: unknown): Promise<T> => request<T>({ method: 'PATCH', path, body })
  const remove = <T = void>(path: string): Promise<T> => request<T>({ method: 'DELETE', path })
  const segment = encodeURIComponent

  return {
    getInstallation: (signal?: AbortSignal) => get<InstallationInfo>('/installation', signal),
    /** Claim an installation without accounts with its set-up link. */
    setUp: (input: Credentials & NewPerson & { token: string }) => post<SignInResult>('/setup', input),
    signIn: (input: Credentials) => post<SignInResult>('/sign-in', input),
    signInWithCode: (code: string) => post<SignInResult>('/sign-in/code', { code }),
    signInWithRecoveryCode: (code: string) => post<SignInResult>('/sign-in/recovery-code', { code }),
    getSignInPasskeyOptions: () => post<{ options: WebAuthnJson }>('/sign-in/passkey-options'),
    signInWithPasskey: (response: WebAuthnJson) => post<SignInResult>('/sign-in/passkey', { response }),
    signOut: () => post('/sign-out'),
    signUp: (input: Credentials & NewPerson) => post('/sign-up', input),
    confirmSignUp: (token: string) => post<SignInResult>('/sign-up/confirm', { token }),
    readInvitation: (token: string) => post<{ email: string }>('/invitations/read', { token }),
    acceptInvitation: (input: NewPerson & { token: string }) => post<SignInResult>('/invitations/accept', input),
    requestPasswordReset: (email: string) => post('/password-reset/request', { email }),
    resetPassword: (input: { token: string; password: string }) => post('/password-reset', input),
    verifyEmail: (token: string) => post('/email/verify', { token }),
    confirmEmailChange: (token: string) => post<{ state: 'waiting' | 'done' }>('/email/confirm-change', { token }),

    getAccount: (signal?: AbortSignal) => get<AdminAccount>('/account', signal),
    changeAccount: (change: { name?: string; language?: Language | null }) => patch<AdminAccount>('/account', change),
    changePassword: (input: { current: string; next: string }) => post('/account/password', input),
    changeEmail: (email: string) => post('/account/email', { email }),
    sendVerification: () => post('/account/verification'),
    beginTotp: () => post<TotpEnrolment>('/account/totp'),
    confirmTotp: (code: string) => post<RecoveryCodes>('/account/totp/confirm', { code }),
    removeTotp: () => remove('/account/totp'),
    renewRecoveryCodes: () => post<RecoveryCodes>('/account/recovery-codes'),
    listPasskeys: (signal?: AbortSignal) => get<{ passkeys: Passkey[] }>('/account/passkeys', signal),
    getNewPasskeyOptions: () => post<{ options: WebAuthnJson }>('/account/passkeys/options'),
    addPasskey: (input: { response: WebAuthnJson; name: string }) => post<Passkey>('/account/passkeys', input),
    renamePasskey: (id: string, name: string) => patch(`/account/passkeys/${segment(id)}`, { name }),
    removePasskey: (id: string) => remove(`/account/passkeys/${segment(id)}`),
    listSessions: (signal?: AbortSignal) => get<{ sessions: AccountSession[] }>('/account/sessions', signal),
    endSession: (id: string) => remove(`/account/sessions/${segment(id)}`),
    endOtherSessions: () => remove<{ ended: number }>('/account/sessions'),
    getStepUpPasskeyOptions: () => post<{ options: WebAuthnJson }>('/account/step-up/passkey-options'),
    /** Prove who you are, for the next 15 minutes: with the second factor if there is one, else with the password. */
    stepUp: (proof: StepUp) => post('/account/step-up', proof),

    listInvitations: (signal?: AbortSignal) => get<{ invitations: Invitation[] }>('/invitations', signal),
    invite: (input: { email: string; language?: Language }) => post<InvitationResult>('/invitations', input),
    removeInvitation: (id: string) => remove(`/invitations/${segment(id)}`),

    getMailStatus: (signal?: AbortSignal) => get<MailStatus>('/mail', signal),
    /** Resolves once the mail is stored; `getMailProgress` tells what became of it. */
    sendTestMail: (input: { to: string; language?: Language }) => post<{ id: string }>('/mail/test', input),
    getMailProgress: (id: string, signal?: AbortSignal) => get<MailProgress>(`/mail/messages/${segment(id)}`, signal),
    /** Given-up mail, newest first; `before` is `next` of the page before. */
    listFailedMail: (before?: string, signal?: AbortSignal) =>
      get<FailedMailPage>(before === undefined ? '/mail/failed' : `/mail/failed?before=${segment(before)}`, signal),
    retryMail: (id: string) => post(`/mail/failed/${segment(id)}/retry`),
    retryAllMail: () => post<{ retried: number }>('/mail/failed/retry'),

    listSites: (cursor?: string, signal?: AbortSignal) =>
      get<AdminSites>(cursor === undefined ? '/sites' : `/sites?cursor=${segment(cursor)}`, signal),
    createSite: (input: { name: string; origins: string[]; organisation?: string }) => post<AdminSite>('/sites', input),
    getSite: (key: string, signal?: AbortSignal) => get<AdminSite>(`/sites/${segment(key)}`, signal),
    /** Rejects with `edit_conflict` when someone else changed the site after `version`. */
    changeSite: (key: string, change: ChangeSite) => patch<AdminSite>(`/sites/${segment(key)}`, change),
    /** For two weeks the site can be restored. */
    removeSite: (key: string) => remove<AdminSite>(`/sites/${segment(key)}`),
    restoreSite: (key: string) => post<AdminSite>(`/sites/${segment(key)}/restore`),
    getSiteInstallation: (key: string, signal?: AbortSignal) =>
      get<Installation>(`/sites/${segment(key)}/installation`, signal),
    /** Look at a page of the site now. Takes up to 15 s. */
    checkSiteInstallation: (key: string, url: string) =>
      post<InstallationCheck>(`/sites/${segment(key)}/installation/check`, { url }),
  }
}

export type AdminClient = ReturnType<typeof createAdminClient>
