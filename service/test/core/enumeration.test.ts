import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AdminVisitor } from '../../src/core/access/admin-actor.ts'
import { requestPasswordReset } from '../../src/core/accounts/reset-password.ts'
import { createSetupLink, setUp } from '../../src/core/accounts/set-up.ts'
import { signIn } from '../../src/core/accounts/sign-in.ts'
import { signUp } from '../../src/core/accounts/sign-up.ts'
import { type Core, outcomeOf, startCore } from './core-harness.ts'

const PASSWORD = 'nine calm herons by the river'
const KNOWN = 'ann@blog.example'
const UNKNOWN = 'nobody@blog.example'

let core: Core
let visitor: AdminVisitor
beforeAll(async () => {
  core = await startCore()
  visitor = { network: '192.0.2.1/32', userAgent: '', knownDevice: '', origin: 'https://comments.example' }
  const link = await createSetupLink(core.deps)
  const token = link?.url.split('#')[1] ?? ''
  await setUp(core.deps, visitor, { token, email: KNOWN, password: PASSWORD, name: 'Ann' })
  // The hash that unknown accounts are compared with is made once.
  await outcomeOf(signIn(core.deps, visitor, null, { email: UNKNOWN, password: 'x' }))
})
afterAll(() => core?.close())
let networks = 0
beforeEach(() => {
  networks += 1
  visitor = { ...visitor, network: `198.51.100.${networks}/32` }
})

/** What an attempt shows, and what it costs. */
const measure = async (attempt: () => Promise<unknown>) => {
  const [statements, hashes] = [core.statements.length, core.passwords.hashes]
  const outcome = await outcomeOf(attempt())
  return { outcome, statements: core.statements.length - statements, hashes: core.passwords.hashes - hashes }
}
const both = async (attempt: (email: string) => Promise<unknown>) => ({
  known: await measure(() => attempt(KNOWN)),
  unknown: await measure(() => attempt(UNKNOWN)),
})

test('signing in with a wrong password tells nothing about the address', async () => {
  const { known, unknown } = await both((email) => signIn(core.deps, visitor, null, { email, password: 'wrong' }))
  expect(known).toEqual({ outcome: 'sign_in_failed', statements: 1, hashes: 1 })
  expect(unknown).toEqual(known)
})

test('what is no address is refused as an unknown one', async () => {
  const result = await measure(() => signIn(core.deps, visitor, null, { email: 'not an address', password: 'wrong' }))
  expect(result).toEqual({ outcome: 'sign_in_failed', statements: 1, hashes: 1 })
})

test('asking for a new password tells nothing about the address', async () => {
  const { known, unknown } = await both((email) => requestPasswordReset(core.deps, visitor, { email }))
  expect(known).toEqual({ outcome: { answered: undefined }, statements: 1, hashes: 0 })
  expect(unknown).toEqual(known)
})

test('signing up tells nothing about the address', async () => {
  const { known, unknown } = await both((email) => signUp(core.deps, visitor, { email, password: PASSWORD, name: '' }))
  expect(known).toEqual({ outcome: { answered: { state: 'sent' } }, statements: 1, hashes: 1 })
  expect(unknown).toEqual(known)
})

test('only the mail differs: a known address is told of its account, an unknown one gets a link or nothing', async () => {
  const kinds = async () =>
    (await core.sql.query<{ kind: string }>('select kind from mail_outbox order by id', [])).map(({ kind }) => kind)
  await core.sql.query('delete from mail_outbox', [])
  await requestPasswordReset(core.deps, visitor, { email: UNKNOWN })
  expect(await kinds()).toEqual([])
  await requestPasswordReset(core.deps, visitor, { email: KNOWN })
  await signUp(core.deps, visitor, { email: KNOWN, password: PASSWORD, name: '' })
  await signUp(core.deps, visitor, { email: UNKNOWN, password: PASSWORD, name: '' })
  expect(await kinds()).toEqual(['reset_password', 'sign_up_known_address', 'sign_up'])
})

test('asking again and again gets an address a few mails an hour, with the same answer', async () => {
  const { length } = core.statements
  for (let i = 0; i < 12; i += 1)
    expect(await outcomeOf(requestPasswordReset(core.deps, visitor, { email: 'victim@blog.example' }))).toEqual({
      answered: undefined,
    })
  expect(core.statements.slice(length).filter((text) => /insert into mail_outbox/.test(text))).toHaveLength(5)
})
