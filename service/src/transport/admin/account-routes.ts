import {
  accountSchema,
  accountSessionsSchema,
  changeAccountSchema,
  changePasswordSchema,
  codeRequestSchema,
  emailRequestSchema,
  newPasskeySchema,
  passkeyNameSchema,
  passkeyOptionsSchema,
  passkeySchema,
  passkeysSchema,
  recoveryCodesSchema,
  stepUpSchema,
  totpEnrolmentSchema,
} from '@repartee/sdk/protocol/admin'
import * as v from 'valibot'
import { endOtherSessions, endSession, listSessions } from '../../core/accounts/account-sessions.ts'
import { toAdminAccount } from '../../core/accounts/account-view.ts'
import { changeAccount, changePassword } from '../../core/accounts/change-account.ts'
import { beginEmailChange } from '../../core/accounts/change-email.ts'
import { passkeyOptions } from '../../core/accounts/passkey-sign-in.ts'
import {
  addPasskey,
  listPasskeys,
  registrationOptions,
  removePasskey,
  renamePasskey,
} from '../../core/accounts/passkeys.ts'
import { stepUp } from '../../core/accounts/step-up.ts'
import { beginTotp, confirmTotp, removeTotp, renewRecoveryCodes } from '../../core/accounts/totp.ts'
import { sendVerification } from '../../core/accounts/verify-email.ts'
import { adminRoute } from './admin-route.ts'

const done = { status: 204, data: null } as const

/** What people do with their own account. */
export const accountRoutes = [
  adminRoute({
    method: 'GET',
    path: '/account',
    name: 'admin.account',
    summary: 'The account that is signed in',
    responses: { 200: accountSchema },
    run: async ({ deps, actor }) => ({
      status: 200,
      data: toAdminAccount(deps.secrets, actor.account, actor.memberships),
    }),
  }),
  adminRoute({
    method: 'PATCH',
    path: '/account',
    name: 'admin.account.change',
    summary: 'Change the name or language of the own account',
    body: changeAccountSchema,
    responses: { 200: accountSchema },
    run: async ({ deps, actor, body }) => ({ status: 200, data: await changeAccount(deps, actor, body) }),
  }),
  adminRoute({
    method: 'POST',
    path: '/account/password',
    name: 'admin.account.changePassword',
    summary: 'Change the password. All other sessions end',
    body: changePasswordSchema,
    responses: { 204: null },
    run: async ({ deps, actor, body }) => {
      await changePassword(deps, actor, body)
      return done
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/account/email',
    name: 'admin.account.changeEmail',
    summary: 'Begin to change the e-mail address. The old and the new one each get a link',
    body: emailRequestSchema,
    responses: { 202: null },
    run: async ({ deps, actor, body }) => {
      await beginEmailChange(deps, actor, body)
      return { status: 202, data: null }
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/account/verification',
    name: 'admin.account.sendVerification',
    summary: 'Send the link that proves the e-mail address',
    responses: { 202: null },
    run: async ({ deps, actor }) => {
      await sendVerification(deps, actor)
      return { status: 202, data: null }
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/account/totp',
    name: 'admin.totp.begin',
    summary: 'Begin to set up an authenticator. Nothing changes until a code is confirmed',
    responses: { 200: totpEnrolmentSchema },
    run: async ({ deps, actor }) => ({ status: 200, data: await beginTotp(deps, actor) }),
  }),
  adminRoute({
    method: 'POST',
    path: '/account/totp/confirm',
    name: 'admin.totp.confirm',
    summary: 'Turn the authenticator on with its first code. Resolves with recovery codes, shown once',
    body: codeRequestSchema,
    responses: { 200: recoveryCodesSchema },
    run: async ({ deps, actor, body }) => ({ status: 200, data: await confirmTotp(deps, actor, body) }),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/account/totp',
    name: 'admin.totp.remove',
    summary: 'Turn the authenticator off',
    responses: { 204: null },
    run: async ({ deps, actor }) => {
      await removeTotp(deps, actor)
      return done
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/account/recovery-codes',
    name: 'admin.recoveryCodes',
    summary: 'Give out new recovery codes. The old ones stop working',
    responses: { 200: recoveryCodesSchema },
    run: async ({ deps, actor }) => ({ status: 200, data: await renewRecoveryCodes(deps, actor) }),
  }),
  adminRoute({
    method: 'GET',
    path: '/account/passkeys',
    name: 'admin.passkeys',
    summary: 'The passkeys of the account',
    responses: { 200: passkeysSchema },
    run: async ({ deps, actor }) => ({ status: 200, data: { passkeys: await listPasskeys(deps, actor) } }),
  }),
  adminRoute({
    method: 'POST',
    path: '/account/passkeys/options',
    name: 'admin.passkeys.options',
    summary: 'Options for making a passkey',
    responses: { 200: passkeyOptionsSchema },
    run: async ({ deps, actor }) => ({ status: 200, data: { options: await registrationOptions(deps, actor) } }),
  }),
  adminRoute({
    method: 'POST',
    path: '/account/passkeys',
    name: 'admin.passkeys.add',
    summary: 'Add a passkey',
    body: newPasskeySchema,
    responses: { 201: passkeySchema },
    run: async ({ deps, actor, body }) => ({ status: 201, data: await addPasskey(deps, actor, body) }),
  }),
  adminRoute({
    method: 'PATCH',
    path: '/account/passkeys/:passkey',
    name: 'admin.passkeys.rename',
    summary: 'Rename a passkey',
    body: v.strictObject({ name: passkeyNameSchema }),
    responses: { 204: null },
    run: async ({ deps, actor, params, body }) => {
      await renamePasskey(deps, actor, { ...params, ...body })
      return done
    },
  }),
  adminRoute({
    method: 'DELETE',
    path: '/account/passkeys/:passkey',
    name: 'admin.passkeys.remove',
    summary: 'Remove a passkey',
    responses: { 204: null },
    run: async ({ deps, actor, params }) => {
      await removePasskey(deps, actor, params)
      return done
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/account/sessions',
    name: 'admin.sessions',
    summary: 'Where the account is signed in',
    responses: { 200: accountSessionsSchema },
    run: async ({ deps, actor }) => ({ status: 200, data: { sessions: await listSessions(deps, actor) } }),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/account/sessions/:session',
    name: 'admin.sessions.end',
    summary: 'End one session of the account. Every node refuses it within a second',
    responses: { 204: null },
    run: async ({ deps, actor, params }) => {
      await endSession(deps, actor, params)
      return { ...done, ...(params.session === actor.session.id && { session: null }) }
    },
  }),
  adminRoute({
    method: 'DELETE',
    path: '/account/sessions',
    name: 'admin.sessions.endOthers',
    summary: 'End all sessions of the account but this one',
    responses: { 200: v.object({ ended: v.number() }) },
    run: async ({ deps, actor }) => ({ status: 200, data: { ended: await endOtherSessions(deps, actor) } }),
  }),
  adminRoute({
    method: 'POST',
    path: '/account/step-up/passkey-options',
    name: 'admin.stepUp.options',
    summary: 'A challenge for a passkey of the account, to prove who you are',
    responses: { 200: passkeyOptionsSchema },
    run: async ({ deps, visitor, actor }) => ({
      status: 200,
      data: { options: await passkeyOptions(deps, visitor, actor) },
    }),
  }),
  adminRoute({
    method: 'POST',
    path: '/account/step-up',
    name: 'admin.stepUp',
    summary:
      'Prove again who you are: with the second factor if there is one, else with the password. Counts for 15 minutes',
    body: stepUpSchema,
    responses: { 204: null },
    run: async ({ deps, actor, body }) => {
      await stepUp(deps, actor, body)
      return done
    },
  }),
]
