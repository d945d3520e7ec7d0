import * as v from 'valibot'
import { idSchema } from '../ids.ts'
import { type AdminErrorCode, adminErrorStatus } from './admin-errors.ts'

const time = v.pipe(v.number(), v.integer(), v.minValue(0))
const flag = v.boolean()

/** Long texts are refused here; whether it is an address is judged by the use-case, which answers `email_invalid`. */
export const emailFieldSchema = v.pipe(v.string(), v.maxLength(320))
/** NIST SP 800-63B-4 §3.1.1.2 asks for at least 64 characters; more than 1,024 would only cost time. */
export const passwordFieldSchema = v.pipe(v.string(), v.maxLength(1_024))
/** The secret of a one-time link. */
export const linkTokenSchema = v.pipe(v.string(), v.maxLength(100))
export const codeFieldSchema = v.pipe(v.string(), v.maxLength(40))
export const accountNameSchema = v.pipe(v.string(), v.maxLength(100))
export const languageSchema = v.picklist(['en', 'vi'])
export type Language = v.InferOutput<typeof languageSchema>

export const organisationRoleSchema = v.picklist(['owner', 'admin', 'moderator', 'viewer'])
export type OrganisationRole = v.InferOutput<typeof organisationRoleSchema>

/** What anyone may know about an installation. */
export const installationInfoSchema = v.object({
  /** `unclaimed` until the set-up link has been used. */
  state: v.picklist(['unclaimed', 'ready']),
  signUp: v.picklist(['closed', 'invitation', 'open']),
  /** Whether the service can send mail. Without it, links are shown or printed. */
  mail: flag,
  /** The origin at which readers reach the service. */
  url: v.string(),
  version: v.string(),
})
export type InstallationInfo = v.InferOutput<typeof installationInfoSchema>

export const membershipSchema = v.object({ id: idSchema, name: v.string(), role: organisationRoleSchema })

export const accountSchema = v.object({
  id: idSchema,
  email: v.string(),
  emailVerified: flag,
  name: v.string(),
  language: v.nullable(languageSchema),
  /** Runs the installation: sees its mail and invites people. */
  operator: flag,
  hasPassword: flag,
  totp: flag,
  recoveryCodesLeft: v.pipe(v.number(), v.integer(), v.minValue(0)),
  organisations: v.array(membershipSchema),
  createdAt: time,
})
export type AdminAccount = v.InferOutput<typeof accountSchema>

export const secondFactorSchema = v.picklist(['totp', 'passkey', 'recovery_code'])
export type SecondFactor = v.InferOutput<typeof secondFactorSchema>

/** The answer to a sign-in: an account, or what else is needed. The session itself is in a cookie. */
export const signInResultSchema = v.union([
  v.object({ state: v.literal('signed_in'), account: accountSchema }),
  v.object({ state: v.literal('second_factor'), methods: v.array(secondFactorSchema) }),
])
export type SignInResult = v.InferOutput<typeof signInResultSchema>

export const signInRequestSchema = v.strictObject({ email: emailFieldSchema, password: passwordFieldSchema })
export const codeRequestSchema = v.strictObject({ code: codeFieldSchema })
export const linkRequestSchema = v.strictObject({ token: linkTokenSchema })
export const setupRequestSchema = v.strictObject({
  token: linkTokenSchema,
  email: emailFieldSchema,
  password: passwordFieldSchema,
  name: v.optional(accountNameSchema, ''),
  language: v.optional(languageSchema),
})
export const signUpRequestSchema = v.strictObject({
  email: emailFieldSchema,
  password: passwordFieldSchema,
  name: v.optional(accountNameSchema, ''),
  language: v.optional(languageSchema),
})
/** The address gets a link to go on, or is told that it has an account. The answer is the same for both. */
export const signUpResultSchema = v.object({ state: v.literal('sent') })
export type SignUpResult = v.InferOutput<typeof signUpResultSchema>

export const emailRequestSchema = v.strictObject({ email: emailFieldSchema })
export const passwordResetSchema = v.strictObject({ token: linkTokenSchema, password: passwordFieldSchema })
export const changePasswordSchema = v.strictObject({ current: passwordFieldSchema, next: passwordFieldSchema })
export const changeAccountSchema = v.strictObject({
  name: v.optional(accountNameSchema),
  language: v.optional(v.nullable(languageSchema)),
})

export const totpEnrolmentSchema = v.object({ secret: v.string(), uri: v.string() })
export type TotpEnrolment = v.InferOutput<typeof totpEnrolmentSchema>
/** Shown once: the service keeps only their hashes. */
export const recoveryCodesSchema = v.object({ codes: v.array(v.string()) })
export type RecoveryCodes = v.InferOutput<typeof recoveryCodesSchema>

/** JSON of WebAuthn Level 3 §5.1.8 and §5.1.10; judged by the library, so it is not described again here. */
export const webauthnJsonSchema = v.record(v.string(), v.unknown())
export const passkeyOptionsSchema = v.object({ options: webauthnJsonSchema })
export const passkeyResponseSchema = v.strictObject({ response: webauthnJsonSchema })
export const passkeyNameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(60))
export const newPasskeySchema = v.strictObject({ response: webauthnJsonSchema, name: passkeyNameSchema })
export const passkeySchema = v.object({
  id: v.string(),
  name: v.string(),
  createdAt: time,
  lastUsedAt: v.nullable(time),
})
export type Passkey = v.InferOutput<typeof passkeySchema>
export const passkeysSchema = v.object({ passkeys: v.array(passkeySchema) })

export const accountSessionSchema = v.object({
  id: idSchema,
  /** From the browser's User-Agent, such as `Firefox on Linux`. */
  device: v.string(),
  createdAt: time,
  lastUsedAt: time,
  current: flag,
})
export type AccountSession = v.InferOutput<typeof accountSessionSchema>
export const accountSessionsSchema = v.object({ sessions: v.array(accountSessionSchema) })

/** Exactly one of the proofs. */
export const stepUpSchema = v.union([
  v.strictObject({ password: passwordFieldSchema }),
  v.strictObject({ code: codeFieldSchema }),
  v.strictObject({ response: webauthnJsonSchema }),
])
export type StepUp = v.InferOutput<typeof stepUpSchema>

export const invitationRequestSchema = v.strictObject({ email: emailFieldSchema, language: v.optional(languageSchema) })
/** `link` is set where the service cannot send mail: pass it on yourself. */
export const invitationResultSchema = v.object({ link: v.nullable(v.string()) })
export type InvitationResult = v.InferOutput<typeof invitationResultSchema>
export const invitationSchema = v.object({ id: v.string(), email: v.string(), createdAt: time, expiresAt: time })
export type Invitation = v.InferOutput<typeof invitationSchema>
export const invitationsSchema = v.object({ invitations: v.array(invitationSchema) })
export const invitationInfoSchema = v.object({ email: v.string() })
export const acceptInvitationSchema = v.strictObject({
  token: linkTokenSchema,
  password: passwordFieldSchema,
  name: v.optional(accountNameSchema, ''),
  language: v.optional(languageSchema),
})

/** `waiting`: the other address has to confirm as well. */
export const emailChangeStateSchema = v.object({ state: v.picklist(['waiting', 'done']) })

export const adminErrorResponseSchema = v.object({
  error: v.object({
    code: v.picklist(Object.keys(adminErrorStatus) as AdminErrorCode[]),
    message: v.string(),
    details: v.optional(v.record(v.string(), v.unknown())),
  }),
})
