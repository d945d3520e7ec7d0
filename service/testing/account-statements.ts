import { newId } from '@repartee/sdk/protocol'
import { siteParts } from '../src/core/ports/site-data-store.ts'
import type { Store } from '../src/core/ports/store.ts'
import { AT } from './store-scene.ts'

/** One call of every method that is about accounts, and of those that export or delete a whole site. */
export const accountCalls = (
  store: Pick<Store, 'accounts' | 'accountSessions' | 'passkeys' | 'siteData'>,
): (() => Promise<unknown>)[] => {
  const { accounts, accountSessions, passkeys, siteData } = store
  const id = newId()
  const mails = [{ id: newId(), kind: 'test', sealed: 'x', createdAt: AT }] as const
  const [mail] = mails
  const link = { hash: 'h', purpose: 'sign_up', nowAt: AT } as const
  const newLink = { hash: 'h', purpose: 'sign_up', accountId: id, sealed: 'x', createdAt: AT, expiresAt: AT } as const
  const account = {
    id,
    emailDigest: 'd',
    emailSealed: 's',
    emailVerifiedAt: AT,
    name: 'x',
    language: 'vi',
    passwordHash: 'p',
    createdAt: AT,
    organisation: { id, name: 'x' },
  } as const
  const session = {
    id,
    accountId: id,
    tokenHash: 'h',
    state: 'signed_in',
    device: 'x',
    steppedUpAt: AT,
    createdAt: AT,
    lastUsedAt: AT,
    expiresAt: AT,
  } as const
  const passkey = {
    id: 'k',
    accountId: id,
    publicKey: 'p',
    counter: 0,
    transports: ['usb'],
    name: 'x',
    createdAt: AT,
    lastUsedAt: null,
  }
  const emailChange = { emailDigest: 'd', emailSealed: 's', oldHash: 'o', newHash: 'n', expiresAt: AT, mails }
  return [
    () => accounts.any(),
    () => accounts.find(id),
    () => accounts.findByEmail('d'),
    () => accounts.memberships(id),
    () => accounts.operatorOrganisation(),
    () => accounts.claim(link, account, mails),
    () => accounts.create(link, account, mails),
    () => accounts.addLink(newLink, mails),
    () => accounts.addLinkByEmail('d', newLink, mails),
    () => accounts.addSignUp('d', newLink, { unknown: mail, known: mail }),
    () => accounts.findLink(link),
    () => accounts.spendLink(link),
    () => accounts.listLinks('sign_up', AT),
    () => accounts.removeLink('h', 'sign_up'),
    () => accounts.changeProfile(id, { name: 'x', language: null }),
    () => accounts.verifyEmail(link),
    () => accounts.resetPassword(link, { passwordHash: 'p', mails }),
    () => accounts.changePassword(id, { from: 'p', to: 'q', keepSession: id, mails }),
    () => accounts.suspend(id, AT),
    () => accounts.beginEmailChange(id, emailChange),
    () => accounts.confirmEmailChange('o', { nowAt: AT, mails }),
    () => accounts.beginTotp(id, 's'),
    () => accounts.pendingTotp(id),
    () => accounts.confirmTotp(id, { pendingSealed: 's', step: 1, recoveryHashes: ['r'], mails }),
    () => accounts.removeTotp(id, mails),
    () => accounts.useTotpStep(id, 1),
    () => accounts.useRecoveryCode(id, 'r'),
    () => accounts.replaceRecoveryCodes(id, ['r']),
    () => accountSessions.create(session),
    () => accountSessions.find('h', AT),
    () => accountSessions.complete(id, { tokenHash: 'i', nowAt: AT, expiresAt: AT }),
    () => accountSessions.stepUp(id, AT),
    () => accountSessions.touch(id, AT, AT),
    () => accountSessions.list(id, AT),
    () => accountSessions.end(id, id),
    () => accountSessions.endAll(id, null),
    () => passkeys.add(passkey, mails),
    () => passkeys.find('k'),
    () => passkeys.list(id),
    () => passkeys.rename(id, 'k', 'x'),
    () => passkeys.remove(id, 'k', mails),
    () => passkeys.use('k', { counter: 1, at: AT }),
    ...(['authors', 'threads', 'comments', 'revisions', 'reactions'] as const).map(
      (part) => () => siteData.page(id, part, null, 1),
    ),
    ...siteParts.map((part) => () => siteData.deleteSome(id, part, 1)),
    () => siteData.deleteSite(id, AT),
    () => siteData.due(AT, 1),
  ]
}
