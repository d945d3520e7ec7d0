import type { Language } from '@repartee/sdk/protocol/admin'
import type { Account, Membership } from '../account.ts'
import type { NewMail } from './mail-outbox.ts'

export type NewAccount = {
  readonly id: string
  readonly emailDigest: string
  readonly emailSealed: string
  readonly emailVerifiedAt: number | null
  readonly name: string
  readonly language: Language | null
  readonly passwordHash: string
  readonly createdAt: number
  /** The organisation made with the account, which owns it. */
  readonly organisation: { readonly id: string; readonly name: string }
}

/** What a link is for. A link for one purpose is worth nothing for another. */
export type LinkPurpose =
  | 'setup'
  | 'sign_up'
  | 'invitation'
  | 'verify_email'
  | 'reset_password'
  | 'register_passkey'
  | 'use_passkey'

/** A secret that can be used once. Only its hash is stored. */
export type NewLink = {
  readonly hash: string
  readonly purpose: LinkPurpose
  readonly accountId: string | null
  /** What the link carries, sealed. */
  readonly sealed: string | null
  readonly createdAt: number
  readonly expiresAt: number
}

export type StoredLink = Pick<NewLink, 'hash' | 'accountId' | 'sealed'>

/** Names a link to be spent by a change: the change happens only if the link is there, and then it is gone. */
export type LinkToSpend = { readonly hash: string; readonly purpose: LinkPurpose; readonly nowAt: number }

export type AccountStore = {
  /** Whether there is any account. */
  any(): Promise<boolean>
  find(id: string): Promise<Account | null>
  findByEmail(emailDigest: string): Promise<Account | null>
  memberships(accountId: string): Promise<Membership[]>
  /** The organisation of the first operator, which owns what the command line makes; `null` before there is one. */
  operatorOrganisation(): Promise<string | null>

  /** Make the first account, an operator, and give its organisation all sites without one. `null` when the link is spent or there are accounts already. */
  claim(link: LinkToSpend, account: NewAccount, mails: readonly NewMail[]): Promise<Account | null>
  /** Make an account for a link. `taken` when the address has one by now; the link is spent all the same. */
  create(link: LinkToSpend, account: NewAccount, mails: readonly NewMail[]): Promise<Account | 'link_invalid' | 'taken'>
  /** Store a link and, in the same statement, the mail with it. */
  addLink(link: NewLink, mails: readonly NewMail[]): Promise<void>
  /** Store a link for the account with this address, and its mail; neither if there is no such account. */
  addLinkByEmail(emailDigest: string, link: Omit<NewLink, 'accountId'>, mails: readonly NewMail[]): Promise<void>
  /** Store a sign-up link with one mail if the address has no account, else only the other mail. */
  addSignUp(emailDigest: string, link: NewLink, mails: { unknown: NewMail; known: NewMail }): Promise<void>
  findLink(link: LinkToSpend): Promise<StoredLink | null>
  /** Remove a link; `null` when it is spent, expired or unknown. Of concurrent callers one gets it. */
  spendLink(link: LinkToSpend): Promise<StoredLink | null>
  listLinks(purpose: LinkPurpose, nowAt: number): Promise<(StoredLink & { createdAt: number; expiresAt: number })[]>
  removeLink(hash: string, purpose: LinkPurpose): Promise<boolean>

  changeProfile(id: string, change: { name: string; language: Language | null }): Promise<Account | null>
  verifyEmail(link: LinkToSpend): Promise<Account | null>
  /** Set a new password for a link's account and end all its sessions. The second factor stays. */
  resetPassword(link: LinkToSpend, change: { passwordHash: string; mails: readonly NewMail[] }): Promise<string | null>
  /** Set a new password and end all sessions but one. Only if the hash is still the one that was checked. */
  changePassword(
    id: string,
    change: { from: string | null; to: string; keepSession: string; mails: readonly NewMail[] },
  ): Promise<boolean>
  suspend(id: string, at: number | null): Promise<boolean>

  /** Begin a change of address, replacing one begun before. Both hashes are of links, one to each address. */
  beginEmailChange(
    id: string,
    change: {
      emailDigest: string
      emailSealed: string
      oldHash: string
      newHash: string
      expiresAt: number
      mails: readonly NewMail[]
    },
  ): Promise<void>
  /** Confirm one side; the change happens with the second. `taken` when another account has the address by now. */
  confirmEmailChange(
    hash: string,
    o: { nowAt: number; mails: readonly NewMail[] },
  ): Promise<'waiting' | 'done' | 'taken' | null>

  beginTotp(id: string, pendingSealed: string): Promise<void>
  /** What `beginTotp` stored. */
  pendingTotp(id: string): Promise<string | null>
  confirmTotp(
    id: string,
    change: { pendingSealed: string; step: number; recoveryHashes: readonly string[]; mails: readonly NewMail[] },
  ): Promise<boolean>
  removeTotp(id: string, mails: readonly NewMail[]): Promise<boolean>
  /** Remember a code's time step. `false` when this or a later one was used already, on whatever node. */
  useTotpStep(id: string, step: number): Promise<boolean>
  /** Use up a recovery code; `false` when it is not one. */
  useRecoveryCode(id: string, hash: string): Promise<boolean>
  replaceRecoveryCodes(id: string, hashes: readonly string[]): Promise<void>
}
