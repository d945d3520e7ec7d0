import type { Store } from '../../core/ports/store.ts'
import {
  addLink,
  addLinkByEmail,
  addSignUp,
  findLink,
  removeLink,
  resetPassword,
  spendLink,
  verifyEmail,
} from './queries/account-link-queries.ts'
import {
  anyAccount,
  beginEmailChange,
  changePassword,
  changeProfile,
  confirmEmailChange,
  findAccount,
  findAccountByEmail,
  listLinks,
  listMemberships,
  suspendAccount,
} from './queries/account-queries.ts'
import {
  completeAccountSession,
  createAccountSession,
  endAccountSession,
  endAccountSessions,
  findAccountSession,
  listAccountSessions,
  stepUpAccountSession,
  touchAccountSession,
} from './queries/account-session-queries.ts'
import { claimInstallation, createAccount } from './queries/create-account.ts'
import {
  addPasskey,
  findPasskey,
  listPasskeys,
  removePasskey,
  renamePasskey,
  usePasskey,
} from './queries/passkey-queries.ts'
import {
  beginTotp,
  confirmTotp,
  pendingTotp,
  removeTotp,
  replaceRecoveryCodes,
  useRecoveryCode,
  useTotpStep,
} from './queries/second-factor-queries.ts'
import type { Sql } from './sql.ts'

/** The part of the store that is about people who sign in to the dashboard. */
export const accountStores = (sql: Sql): Pick<Store, 'accounts' | 'accountSessions' | 'passkeys'> => ({
  accounts: {
    any: anyAccount(sql),
    find: findAccount(sql),
    findByEmail: findAccountByEmail(sql),
    memberships: listMemberships(sql),
    claim: claimInstallation(sql),
    create: createAccount(sql),
    addLink: addLink(sql),
    addLinkByEmail: addLinkByEmail(sql),
    addSignUp: addSignUp(sql),
    findLink: findLink(sql),
    spendLink: spendLink(sql),
    listLinks: listLinks(sql),
    removeLink: removeLink(sql),
    changeProfile: changeProfile(sql),
    verifyEmail: verifyEmail(sql),
    resetPassword: resetPassword(sql),
    changePassword: changePassword(sql),
    suspend: suspendAccount(sql),
    beginEmailChange: beginEmailChange(sql),
    confirmEmailChange: confirmEmailChange(sql),
    beginTotp: beginTotp(sql),
    pendingTotp: pendingTotp(sql),
    confirmTotp: confirmTotp(sql),
    removeTotp: removeTotp(sql),
    useTotpStep: useTotpStep(sql),
    useRecoveryCode: useRecoveryCode(sql),
    replaceRecoveryCodes: replaceRecoveryCodes(sql),
  },
  accountSessions: {
    create: createAccountSession(sql),
    find: findAccountSession(sql),
    complete: completeAccountSession(sql),
    stepUp: stepUpAccountSession(sql),
    touch: touchAccountSession(sql),
    list: listAccountSessions(sql),
    end: endAccountSession(sql),
    endAll: endAccountSessions(sql),
  },
  passkeys: {
    add: addPasskey(sql),
    find: findPasskey(sql),
    list: listPasskeys(sql),
    rename: renamePasskey(sql),
    remove: removePasskey(sql),
    use: usePasskey(sql),
  },
})
