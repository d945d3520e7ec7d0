import { newId, parseInput, siteSettingsSchema } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LinkPurpose, NewAccount, NewLink } from '../../../src/core/ports/account-store.ts'
import type { NewMail } from '../../../src/core/ports/mail-outbox.ts'
import { AT } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from '../store/engines.ts'

const LATER = AT + 60_000

const newAccount = (change: Partial<NewAccount> = {}): NewAccount => ({
  id: newId(),
  emailDigest: `digest-${newId()}`,
  emailSealed: 'sealed address',
  emailVerifiedAt: null,
  name: 'Ann',
  language: 'vi',
  passwordHash: 'hash',
  createdAt: AT,
  organisation: { id: newId(), name: 'Ann' },
  ...change,
})
const newLink = (purpose: LinkPurpose, change: Partial<NewLink> = {}): NewLink => ({
  hash: newId(),
  purpose,
  accountId: null,
  sealed: null,
  createdAt: AT,
  expiresAt: LATER,
  ...change,
})
const newMail = (): NewMail => ({ id: newId(), kind: 'test', sealed: 'sealed mail', createdAt: AT })

describe.each(engines)('accounts, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())

  const isStored = async ({ id }: NewMail): Promise<boolean> =>
    (await opened.sql.query(`select 1 from mail_outbox m where m.id = $1::uuid`, [id])).length === 1

  const spend = (link: NewLink, nowAt = AT) => ({ hash: link.hash, purpose: link.purpose, nowAt })

  /** Make an account by way of an invitation. */
  const register = async (change: Partial<NewAccount> = {}) => {
    const { accounts } = opened.store
    const link = newLink('invitation')
    await accounts.addLink(link, [])
    const account = newAccount(change)
    const created = await accounts.create(spend(link), account, [])
    if (typeof created === 'string') throw new Error(created)
    return { ...created, emailDigest: account.emailDigest }
  }

  test('of several who claim an installation at once with links of their own, one does, and gets its sites', async () => {
    const { accounts, sites } = opened.store
    const site = await sites.create({
      id: newId(),
      publicKey: `site-${newId().slice(-12)}`,
      name: 'A blog',
      origins: [],
      settings: parseInput(siteSettingsSchema, {}),
      version: 1,
      partVersions: {},
      organisationId: null,
      createdAt: AT,
      deletesAt: null,
    })
    expect([await accounts.any(), await accounts.operatorOrganisation()]).toEqual([false, null])
    const links = Array.from({ length: 6 }, () => newLink('setup'))
    for (const link of links) await accounts.addLink(link, [])
    const claims = await Promise.all(links.map((link) => accounts.claim(spend(link), newAccount(), [])))
    const [operator, ...others] = claims.filter((claim) => claim !== null)
    expect(others).toEqual([])
    expect(operator?.operator).toBe(true)
    const [membership] = await accounts.memberships(operator?.id ?? '')
    expect(membership).toMatchObject({ organisationName: 'Ann', role: 'owner' })
    expect(await accounts.operatorOrganisation()).toBe(membership?.organisationId)
    expect((await sites.findByKey(site?.publicKey ?? ''))?.organisationId).toBe(membership?.organisationId)
    const late = newLink('setup')
    await accounts.addLink(late, [])
    expect(await accounts.claim(spend(late), newAccount(), [])).toBeNull()
  })

  test('an account is made once for a link, with its organisation and mail', async () => {
    const { accounts } = opened.store
    const link = newLink('sign_up')
    await accounts.addLink(link, [])
    const [given, mail, second] = [newAccount(), newMail(), newMail()]
    const created = await accounts.create(spend(link), given, [mail])
    expect(created).toMatchObject({ id: given.id, name: 'Ann', language: 'vi', operator: false, passkeyCount: 0 })
    expect(await accounts.find(given.id)).toEqual(created)
    expect(await accounts.findByEmail(given.emailDigest)).toEqual(created)
    expect(await accounts.create(spend(link), newAccount(), [second])).toBe('link_invalid')
    expect([await isStored(mail), await isStored(second)]).toEqual([true, false])
  })

  test('an address has one account: a second one is not made, and its link is spent', async () => {
    const { accounts } = opened.store
    const { emailDigest } = await register()
    const [link, mail] = [newLink('sign_up'), newMail()]
    await accounts.addLink(link, [])
    expect(await accounts.create(spend(link), newAccount({ emailDigest }), [mail])).toBe('taken')
    expect(await accounts.findLink(spend(link))).toBeNull()
    expect(await isStored(mail)).toBe(false)
  })

  test('a link is spent once, by one of those who bring it at the same time', async () => {
    const { accounts } = opened.store
    const link = newLink('use_passkey', { sealed: 'carried' })
    await accounts.addLink(link, [])
    const results = await Promise.all(Array.from({ length: 8 }, () => accounts.spendLink(spend(link))))
    expect(results.filter((result) => result !== null)).toEqual([
      { hash: link.hash, accountId: null, sealed: 'carried' },
    ])
  })

  test('a link is worth nothing for another purpose or after its time', async () => {
    const { accounts } = opened.store
    const link = newLink('verify_email', { accountId: (await register()).id })
    await accounts.addLink(link, [])
    expect(await accounts.spendLink({ ...spend(link), purpose: 'reset_password' })).toBeNull()
    expect(await accounts.verifyEmail(spend(link, LATER))).toBeNull()
    expect((await accounts.verifyEmail(spend(link)))?.emailVerifiedAt).toBe(AT)
    expect(await accounts.verifyEmail(spend(link))).toBeNull()
  })

  test('a link by address goes to the account that has it, and is not made without one', async () => {
    const { accounts } = opened.store
    const { id, emailDigest } = await register()
    const [link, mail, lost, lostMail] = [newLink('reset_password'), newMail(), newLink('reset_password'), newMail()]
    await accounts.addLinkByEmail(emailDigest, link, [mail])
    await accounts.addLinkByEmail('nobody', lost, [lostMail])
    expect((await accounts.findLink(spend(link)))?.accountId).toBe(id)
    expect(await accounts.findLink(spend(lost))).toBeNull()
    expect([await isStored(mail), await isStored(lostMail)]).toEqual([true, false])
  })

  test('a sign-up for an address with an account stores no link and another mail', async () => {
    const { accounts } = opened.store
    const { emailDigest } = await register()
    const [link, other] = [newLink('sign_up'), newLink('sign_up')]
    const mails = { unknown: newMail(), known: newMail() }
    await accounts.addSignUp(emailDigest, link, mails)
    expect(await accounts.findLink(spend(link))).toBeNull()
    expect([await isStored(mails.unknown), await isStored(mails.known)]).toEqual([false, true])
    const others = { unknown: newMail(), known: newMail() }
    await accounts.addSignUp('nobody', other, others)
    expect(await accounts.findLink(spend(other))).not.toBeNull()
    expect([await isStored(others.unknown), await isStored(others.known)]).toEqual([true, false])
  })

  test('a new password ends the sessions, all by a link and all but one by the account itself', async () => {
    const { accounts, accountSessions } = opened.store
    const { id } = await register()
    const session = (name: string) => ({
      id: newId(),
      accountId: id,
      tokenHash: `${name}-${id}`,
      state: 'signed_in' as const,
      device: 'Firefox',
      steppedUpAt: AT,
      createdAt: AT,
      lastUsedAt: AT,
      expiresAt: LATER,
    })
    const [a, b] = [session('a'), session('b')]
    await accountSessions.create(a)
    await accountSessions.create(b)
    expect(await accounts.changePassword(id, { from: 'other', to: 'x', keepSession: a.id, mails: [] })).toBe(false)
    expect((await accountSessions.list(id, AT)).length).toBe(2)
    const mail = newMail()
    expect(await accounts.changePassword(id, { from: 'hash', to: 'x', keepSession: a.id, mails: [mail] })).toBe(true)
    expect((await accountSessions.list(id, AT)).map((one) => one.id)).toEqual([a.id])
    const link = newLink('reset_password', { accountId: id })
    await accounts.addLink(link, [])
    expect(await accounts.resetPassword(spend(link), { passwordHash: 'y', mails: [] })).toBe(id)
    expect(await accountSessions.list(id, AT)).toEqual([])
    expect((await accounts.find(id))?.passwordHash).toBe('y')
    expect(await accounts.resetPassword(spend(link), { passwordHash: 'z', mails: [] })).toBeNull()
  })

  test('an address changes when both sides confirmed, once, and never to one that is taken', async () => {
    const { accounts } = opened.store
    const { id } = await register()
    const taken = await register()
    const begin = (emailDigest: string) => {
      const change = { emailDigest, emailSealed: 'new', oldHash: newId(), newHash: newId(), expiresAt: LATER }
      return accounts.beginEmailChange(id, { ...change, mails: [] }).then(() => change)
    }
    const confirm = (hash: string, nowAt = AT) => accounts.confirmEmailChange(hash, { nowAt, mails: [] })
    const replaced = await begin(`first-${id}`)
    const change = await begin(`second-${id}`)
    expect(await confirm(replaced.oldHash)).toBeNull()
    expect(await confirm(change.newHash, LATER)).toBeNull()
    expect([await confirm(change.newHash), await confirm(change.newHash)]).toEqual(['waiting', 'waiting'])
    expect((await accounts.find(id))?.emailSealed).toBe('sealed address')
    expect(await confirm(change.oldHash)).toBe('done')
    expect((await accounts.findByEmail(`second-${id}`))?.emailSealed).toBe('new')
    expect(await confirm(change.oldHash)).toBeNull()
    const third = await begin(taken.emailDigest)
    await confirm(third.oldHash)
    expect(await confirm(third.newHash)).toBe('taken')
    expect((await accounts.findByEmail(taken.emailDigest))?.id).toBe(taken.id)
  })

  test('a time step and a recovery code are each used by one of those who try at the same time', async () => {
    const { accounts } = opened.store
    const { id } = await register()
    await accounts.beginTotp(id, 'seed')
    expect(await accounts.confirmTotp(id, { pendingSealed: 'x', step: 1, recoveryHashes: [], mails: [] })).toBe(false)
    const recoveryHashes = ['a', 'b', 'c']
    expect(await accounts.confirmTotp(id, { pendingSealed: 'seed', step: 5, recoveryHashes, mails: [] })).toBe(true)
    expect(await accounts.find(id)).toMatchObject({ totpSealed: 'seed', recoveryCodesLeft: 3 })
    expect(await accounts.useTotpStep(id, 5)).toBe(false)
    const steps = await Promise.all(Array.from({ length: 6 }, () => accounts.useTotpStep(id, 6)))
    expect(steps.filter(Boolean)).toHaveLength(1)
    const codes = await Promise.all(Array.from({ length: 6 }, () => accounts.useRecoveryCode(id, 'b')))
    expect(codes.filter(Boolean)).toHaveLength(1)
    expect((await accounts.find(id))?.recoveryCodesLeft).toBe(2)
    expect(await accounts.removeTotp(id, [])).toBe(true)
    expect(await accounts.useTotpStep(id, 9)).toBe(false)
  })

  test('a session is found with its account and roles until it ends, and gets a new token with the second factor', async () => {
    const { accountSessions, accounts } = opened.store
    const { id } = await register()
    const session = {
      id: newId(),
      accountId: id,
      tokenHash: `half-${id}`,
      state: 'second_factor' as const,
      device: '',
      steppedUpAt: null,
      createdAt: AT,
      lastUsedAt: AT,
      expiresAt: LATER,
    }
    await accountSessions.create(session)
    const { tokenHash: _hash, ...shown } = session
    const found = await accountSessions.find(session.tokenHash, AT)
    expect(found).toEqual({
      session: shown,
      account: await accounts.find(id),
      memberships: await accounts.memberships(id),
    })
    expect(await accountSessions.find(session.tokenHash, LATER)).toBeNull()
    const change = { tokenHash: `full-${id}`, nowAt: AT, expiresAt: LATER }
    expect(await accountSessions.complete(session.id, change)).toBe(true)
    expect(await accountSessions.complete(session.id, { ...change, tokenHash: 'x' })).toBe(false)
    expect(await accountSessions.find(session.tokenHash, AT)).toBeNull()
    expect((await accountSessions.find(`full-${id}`, AT))?.session).toMatchObject({
      state: 'signed_in',
      steppedUpAt: AT,
    })
    expect(await accountSessions.end(newId(), session.id)).toBe(false)
    expect(await accountSessions.end(id, session.id)).toBe(true)
    expect(await accountSessions.find(`full-${id}`, AT)).toBeNull()
  })

  test('a passkey belongs to one account, and its counter only goes up', async () => {
    const { passkeys, accounts } = opened.store
    const [ann, bob] = [await register(), await register()]
    const passkey = {
      id: `key-${ann.id}`,
      accountId: ann.id,
      publicKey: 'cose',
      counter: 0,
      transports: ['internal', 'hybrid'],
      name: 'Laptop',
      createdAt: AT,
      lastUsedAt: null,
    }
    expect(await passkeys.add(passkey, [])).toBe(true)
    expect(await passkeys.add({ ...passkey, accountId: bob.id }, [])).toBe(false)
    expect(await passkeys.list(ann.id)).toEqual([passkey])
    expect((await accounts.find(ann.id))?.passkeyCount).toBe(1)
    expect(await passkeys.use(passkey.id, { counter: 0, at: AT })).toBe(true)
    expect(await passkeys.use(passkey.id, { counter: 3, at: AT })).toBe(true)
    expect(await passkeys.use(passkey.id, { counter: 3, at: AT })).toBe(false)
    expect(await passkeys.rename(bob.id, passkey.id, 'x')).toBe(false)
    expect(await passkeys.remove(bob.id, passkey.id, [])).toBe(false)
    expect(await passkeys.remove(ann.id, passkey.id, [])).toBe(true)
    expect(await passkeys.find(passkey.id)).toBeNull()
  })
})
