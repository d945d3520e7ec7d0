import type { Language, OrganisationRole } from '@repartee/sdk/protocol/admin'

/** A person who signs in to the dashboard, as stored. */
export type Account = {
  readonly id: string
  readonly emailSealed: string
  readonly emailVerifiedAt: number | null
  readonly name: string
  readonly language: Language | null
  /** Runs the installation. */
  readonly operator: boolean
  readonly passwordHash: string | null
  readonly totpSealed: string | null
  /** The time step of the last code that was used. An older or equal one is refused. */
  readonly totpLastStep: number
  readonly recoveryCodesLeft: number
  readonly passkeyCount: number
  /** A suspended account cannot sign in, and its sessions do nothing. */
  readonly suspendedAt: number | null
  readonly createdAt: number
}

export type Membership = {
  readonly organisationId: string
  readonly organisationName: string
  readonly role: OrganisationRole
}

export type AccountSession = {
  readonly id: string
  readonly accountId: string
  /** `second_factor`: the password was right, and a second factor has still to be shown. */
  readonly state: 'second_factor' | 'signed_in'
  readonly device: string
  /** When the person last proved who they are; `null` if that was never after signing in. */
  readonly steppedUpAt: number | null
  readonly createdAt: number
  readonly lastUsedAt: number
  readonly expiresAt: number
}

/** A passkey, as WebAuthn Level 3 §4 calls a public key credential source. */
export type StoredPasskey = {
  /** The credential id, base64url. */
  readonly id: string
  readonly accountId: string
  /** COSE key, base64url. */
  readonly publicKey: string
  readonly counter: number
  readonly transports: readonly string[]
  readonly name: string
  readonly createdAt: number
  readonly lastUsedAt: number | null
}
