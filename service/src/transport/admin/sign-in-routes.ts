import {
  acceptInvitationSchema,
  codeRequestSchema,
  emailChangeStateSchema,
  emailRequestSchema,
  installationInfoSchema,
  invitationInfoSchema,
  linkRequestSchema,
  passkeyOptionsSchema,
  passkeyResponseSchema,
  passwordResetSchema,
  setupRequestSchema,
  signInRequestSchema,
  signInResultSchema,
  signUpRequestSchema,
  signUpResultSchema,
} from '@repartee/sdk/protocol/admin'
import { confirmEmailChange } from '../../core/accounts/change-email.ts'
import { installationInfo } from '../../core/accounts/installation-info.ts'
import { acceptInvitation, readInvitation } from '../../core/accounts/invitations.ts'
import { passkeyOptions, signInWithPasskey } from '../../core/accounts/passkey-sign-in.ts'
import { requestPasswordReset, resetPassword } from '../../core/accounts/reset-password.ts'
import { signInWithCode, signInWithRecoveryCode } from '../../core/accounts/second-factor.ts'
import { setUp } from '../../core/accounts/set-up.ts'
import { endPrevious, type SignInStep, signIn } from '../../core/accounts/sign-in.ts'
import { confirmSignUp, signUp } from '../../core/accounts/sign-up.ts'
import { verifyEmail } from '../../core/accounts/verify-email.ts'
import { type AdminResult, adminRoute } from './admin-route.ts'

const answer = ({ result, session, knownDevice }: SignInStep): AdminResult => ({
  status: 200,
  data: result,
  session,
  knownDevice,
})

/** Everything that is done without being signed in. */
export const signInRoutes = [
  adminRoute({
    method: 'GET',
    path: '/installation',
    name: 'admin.installation',
    summary: 'Whether the installation is set up, who may sign up, and whether it sends mail',
    responses: { 200: installationInfoSchema },
    run: async ({ deps }) => ({ status: 200, data: await installationInfo(deps) }),
  }),
  adminRoute({
    method: 'POST',
    path: '/setup',
    name: 'admin.setup',
    summary: 'Claim an installation without accounts with its set-up link. Signs in',
    body: setupRequestSchema,
    responses: { 200: signInResultSchema },
    run: async ({ deps, visitor, body }) => {
      const { account, session, knownDevice } = await setUp(deps, visitor, body)
      return answer({ result: { state: 'signed_in', account }, session, knownDevice })
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/sign-in',
    name: 'admin.signIn',
    summary: 'Sign in with e-mail address and password. An account with a second factor is asked for it',
    body: signInRequestSchema,
    responses: { 200: signInResultSchema },
    run: async ({ deps, visitor, actor, body }) => answer(await signIn(deps, visitor, actor, body)),
  }),
  adminRoute({
    method: 'POST',
    path: '/sign-in/code',
    name: 'admin.signIn.code',
    summary: 'Complete a sign-in with a code of the authenticator',
    body: codeRequestSchema,
    responses: { 200: signInResultSchema },
    run: async ({ deps, actor, body }) => answer(await signInWithCode(deps, actor, body)),
  }),
  adminRoute({
    method: 'POST',
    path: '/sign-in/recovery-code',
    name: 'admin.signIn.recoveryCode',
    summary: 'Complete a sign-in with a recovery code, which works once',
    body: codeRequestSchema,
    responses: { 200: signInResultSchema },
    run: async ({ deps, actor, body }) => answer(await signInWithRecoveryCode(deps, actor, body)),
  }),
  adminRoute({
    method: 'POST',
    path: '/sign-in/passkey-options',
    name: 'admin.signIn.passkeyOptions',
    summary: 'A challenge for a passkey, for signing in with it alone or as the second factor',
    responses: { 200: passkeyOptionsSchema },
    run: async ({ deps, visitor, actor }) => {
      const pending = actor?.session.state === 'second_factor' ? actor : null
      return { status: 200, data: { options: await passkeyOptions(deps, visitor, pending) } }
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/sign-in/passkey',
    name: 'admin.signIn.passkey',
    summary: 'Sign in with a passkey',
    body: passkeyResponseSchema,
    responses: { 200: signInResultSchema },
    run: async ({ deps, visitor, actor, body }) => answer(await signInWithPasskey(deps, visitor, actor, body)),
  }),
  adminRoute({
    method: 'POST',
    path: '/sign-out',
    name: 'admin.signOut',
    summary: 'End the session of this browser, if it has one',
    responses: { 204: null },
    run: async ({ deps, actor }) => {
      await endPrevious(deps, actor)
      return { status: 204, data: null, session: null }
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/sign-up',
    name: 'admin.signUp',
    summary: 'Ask for an account where sign-up is open. A mail says how to go on',
    body: signUpRequestSchema,
    responses: { 202: signUpResultSchema },
    run: async ({ deps, visitor, body }) => ({ status: 202, data: await signUp(deps, visitor, body) }),
  }),
  adminRoute({
    method: 'POST',
    path: '/sign-up/confirm',
    name: 'admin.signUp.confirm',
    summary: 'Open the account of a sign-up link, and sign in',
    body: linkRequestSchema,
    responses: { 200: signInResultSchema },
    run: async ({ deps, visitor, body }) => answer(await confirmSignUp(deps, visitor, body)),
  }),
  adminRoute({
    method: 'POST',
    path: '/invitations/read',
    name: 'admin.invitation.read',
    summary: 'The address that an invitation is for',
    body: linkRequestSchema,
    responses: { 200: invitationInfoSchema },
    run: async ({ deps, visitor, body }) => ({ status: 200, data: await readInvitation(deps, visitor, body) }),
  }),
  adminRoute({
    method: 'POST',
    path: '/invitations/accept',
    name: 'admin.invitation.accept',
    summary: 'Open the account that an invitation is for, and sign in',
    body: acceptInvitationSchema,
    responses: { 200: signInResultSchema },
    run: async ({ deps, visitor, body }) => answer(await acceptInvitation(deps, visitor, body)),
  }),
  adminRoute({
    method: 'POST',
    path: '/password-reset/request',
    name: 'admin.password.requestReset',
    summary: 'Send a link for a new password, if the address has an account. The answer is the same if not',
    body: emailRequestSchema,
    responses: { 202: null },
    run: async ({ deps, visitor, body }) => {
      await requestPasswordReset(deps, visitor, body)
      return { status: 202, data: null }
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/password-reset',
    name: 'admin.password.reset',
    summary:
      'Set a new password with a link. All sessions end; sign in afterwards, with the second factor if there is one',
    body: passwordResetSchema,
    responses: { 204: null },
    run: async ({ deps, visitor, body }) => ({
      status: 204,
      data: null,
      session: null,
      ...(await resetPassword(deps, visitor, body)),
    }),
  }),
  adminRoute({
    method: 'POST',
    path: '/email/verify',
    name: 'admin.email.verify',
    summary: 'Prove an e-mail address with the link that was sent to it',
    body: linkRequestSchema,
    responses: { 204: null },
    run: async ({ deps, visitor, body }) => {
      await verifyEmail(deps, visitor, body)
      return { status: 204, data: null }
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/email/confirm-change',
    name: 'admin.email.confirmChange',
    summary: 'Confirm a change of address from one of its two mails. It happens with the second',
    body: linkRequestSchema,
    responses: { 200: emailChangeStateSchema },
    run: async ({ deps, visitor, body }) => ({ status: 200, data: await confirmEmailChange(deps, visitor, body) }),
  }),
]
