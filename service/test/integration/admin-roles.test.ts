import type { AdminSite } from '@repartee/sdk/protocol/admin'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AdminRoute } from '../../src/transport/admin/admin-route.ts'
import { adminRoutes } from '../../src/transport/admin/admin-routes.ts'
import {
  accountOf,
  addTotp,
  type DashboardBrowser,
  openDashboard,
  setUpOperator,
  signIn,
  signUpInvited,
} from '../../testing/dashboard-browser.ts'
import { operate } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import type { HttpAnswer } from '../../testing/wire-client.ts'

/** Who may call a route, and a request that is answered with `ok` to those who may. Written down apart from the service. */
type Row = {
  readonly for: 'everyone' | 'accounts' | 'operators' | 'site owners' | 'half signed in'
  readonly ok: number | string
  readonly body?: unknown
}

const rows: Readonly<Record<string, Row>> = {
  'GET /installation': { for: 'everyone', ok: 200 },
  'POST /setup': { for: 'everyone', ok: 'already_set_up', body: { token: 'x', email: 'a@b.example', password: 'x' } },
  'POST /sign-in': { for: 'everyone', ok: 'sign_in_failed', body: { email: 'nobody@b.example', password: 'x' } },
  'POST /sign-in/code': { for: 'half signed in', ok: 'code_invalid', body: { code: '000000' } },
  'POST /sign-in/recovery-code': { for: 'half signed in', ok: 'code_invalid', body: { code: 'aaaaa-aaaaa' } },
  'POST /sign-in/passkey-options': { for: 'everyone', ok: 200 },
  'POST /sign-in/passkey': { for: 'everyone', ok: 'passkey_invalid', body: { response: {} } },
  'POST /sign-up': {
    for: 'everyone',
    ok: 'invitation_required',
    body: { email: 'a@b.example', password: 'nine calm herons by the river' },
  },
  'POST /sign-up/confirm': { for: 'everyone', ok: 'link_invalid', body: { token: 'x' } },
  'POST /invitations/read': { for: 'everyone', ok: 'link_invalid', body: { token: 'x' } },
  'POST /invitations/accept': { for: 'everyone', ok: 'link_invalid', body: { token: 'x', password: 'x' } },
  'POST /password-reset/request': { for: 'everyone', ok: 'mail_not_configured', body: { email: 'a@b.example' } },
  'POST /password-reset': { for: 'everyone', ok: 'link_invalid', body: { token: 'x', password: 'x' } },
  'POST /email/verify': { for: 'everyone', ok: 'link_invalid', body: { token: 'x' } },
  'POST /email/confirm-change': { for: 'everyone', ok: 'link_invalid', body: { token: 'x' } },
  'GET /account': { for: 'accounts', ok: 200 },
  'PATCH /account': { for: 'accounts', ok: 200, body: { name: 'Ann' } },
  'POST /account/password': { for: 'accounts', ok: 'password_wrong', body: { current: 'x', next: 'y' } },
  'POST /account/email': { for: 'accounts', ok: 'mail_not_configured', body: { email: 'new@b.example' } },
  'POST /account/verification': { for: 'accounts', ok: 'mail_not_configured' },
  'POST /account/totp': { for: 'accounts', ok: 200 },
  'POST /account/totp/confirm': { for: 'accounts', ok: 'code_invalid', body: { code: '000000' } },
  'DELETE /account/totp': { for: 'accounts', ok: 204 },
  'POST /account/recovery-codes': { for: 'accounts', ok: 200 },
  'GET /account/passkeys': { for: 'accounts', ok: 200 },
  'POST /account/passkeys/options': { for: 'accounts', ok: 200 },
  'POST /account/passkeys': { for: 'accounts', ok: 'passkey_invalid', body: { response: {}, name: 'x' } },
  'PATCH /account/passkeys/:passkey': { for: 'accounts', ok: 'object_not_found', body: { name: 'x' } },
  'DELETE /account/passkeys/:passkey': { for: 'accounts', ok: 'object_not_found' },
  'GET /account/sessions': { for: 'accounts', ok: 200 },
  'DELETE /account/sessions/:session': { for: 'accounts', ok: 'object_not_found' },
  'DELETE /account/sessions': { for: 'accounts', ok: 200 },
  'POST /account/step-up/passkey-options': { for: 'accounts', ok: 200 },
  'POST /account/step-up': { for: 'accounts', ok: 'password_wrong', body: { password: 'x' } },
  'GET /invitations': { for: 'operators', ok: 200 },
  'POST /invitations': { for: 'operators', ok: 'email_invalid', body: { email: 'x' } },
  'DELETE /invitations/:invitation': { for: 'operators', ok: 'object_not_found' },
  'GET /mail': { for: 'operators', ok: 200 },
  'POST /mail/test': { for: 'operators', ok: 'mail_not_configured', body: { to: 'a@b.example' } },
  'GET /mail/messages/:mail': { for: 'operators', ok: 'object_not_found' },
  'GET /mail/failed': { for: 'operators', ok: 200 },
  'POST /mail/failed/:mail/retry': { for: 'operators', ok: 'object_not_found' },
  'POST /mail/failed/retry': { for: 'operators', ok: 200 },
  'GET /sites': { for: 'accounts', ok: 200 },
  'POST /sites': { for: 'accounts', ok: 'origin_invalid', body: { name: 'x', origins: ['x'] } },
  'GET /sites/:site': { for: 'site owners', ok: 200 },
  'PATCH /sites/:site': { for: 'site owners', ok: 'edit_conflict', body: { version: 9_999, name: 'x' } },
  'DELETE /sites/:site': { for: 'site owners', ok: 200 },
  'POST /sites/:site/restore': { for: 'site owners', ok: 200 },
  'GET /sites/:site/export': { for: 'site owners', ok: 200 },
  'GET /sites/:site/installation': { for: 'site owners', ok: 200 },
  'POST /sites/:site/installation/check': { for: 'site owners', ok: 200, body: { url: 'https://other.example/' } },
  'POST /sign-out': { for: 'everyone', ok: 204 },
}

let service: RunningService
let site: AdminSite
let browsers: Record<'anonymous' | 'owner' | 'stranger' | 'suspended' | 'operator' | 'half', DashboardBrowser>

beforeAll(async () => {
  service = await startService({ DEMO: 'off' })
  const operator = await setUpOperator(service)
  const owner = await signUpInvited(service, 'owner@blog.example')
  const stranger = await signUpInvited(service, 'stranger@blog.example')
  const suspended = await signUpInvited(service, 'suspended@blog.example')
  await operate(service, 'account.setSuspended', { email: 'suspended@blog.example', suspended: true })
  await addTotp(await signUpInvited(service, 'careful@blog.example'))
  const half = openDashboard(service)
  await signIn(half, 'careful@blog.example')
  site = (await owner.send<AdminSite>('POST', '/sites', { name: 'Blog', origins: ['https://blog.example'] })).body
  browsers = { anonymous: openDashboard(service), owner, stranger, suspended, operator, half }
})
afterAll(() => service?.dispose())

const nameOf = ({ method, path }: AdminRoute): string => `${method} ${path}`
const table = adminRoutes.map((route) => [nameOf(route), route] as const)

const send = (who: keyof typeof browsers, route: AdminRoute): Promise<HttpAnswer> => {
  const path = route.path
    .replace(':site', site.key)
    .replace(':passkey', 'AAAA')
    .replace(/:(session|mail)/, '00000000-0000-7000-8000-000000000000')
    .replace(':invitation', '0'.repeat(64))
  // Each from a copy of the browser, so that no request changes the next one's cookies.
  const browser = openDashboard(service, browsers[who].cookies)
  return browser.send(route.method, path, rows[nameOf(route)]?.body)
}
const outcome = ({ status, body }: HttpAnswer): unknown =>
  (body as { error?: { code: string } } | null)?.error?.code ?? status

test('every route of the table has a row here, and no row is left over', () => {
  expect(table.map(([name]) => name).sort()).toEqual(Object.keys(rows).sort())
})

describe.each(table)('%s', (name, route) => {
  const row = rows[name]
  const audience = row?.for ?? 'everyone'

  test('without a session', async () => {
    expect(outcome(await send('anonymous', route))).toBe(audience === 'everyone' ? row?.ok : 'unauthenticated')
  })

  test('as a suspended account', async () => {
    expect(outcome(await send('suspended', route))).toBe(audience === 'everyone' ? row?.ok : 'account_suspended')
  })

  test('between password and second factor', async () => {
    const lets = audience === 'everyone' || audience === 'half signed in'
    // Signing out would end the session that the other tests use.
    if (name !== 'POST /sign-out')
      expect(outcome(await send('half', route))).toBe(lets ? row?.ok : 'second_factor_required')
  })

  test('as the owner of another site', async () => {
    const expected = {
      everyone: row?.ok,
      accounts: row?.ok,
      operators: 'forbidden',
      'site owners': 'site_not_found',
      'half signed in': 'unauthenticated',
    }
    if (name !== 'POST /sign-out') expect(outcome(await send('stranger', route))).toBe(expected[audience])
  })

  test('as the operator, whose organisation does not own the site', async () => {
    const expected = {
      everyone: row?.ok,
      accounts: row?.ok,
      operators: row?.ok,
      'site owners': 'site_not_found',
      'half signed in': 'unauthenticated',
    }
    if (name !== 'POST /sign-out') expect(outcome(await send('operator', route))).toBe(expected[audience])
  })

  test('as the owner', async () => {
    const expected = {
      everyone: row?.ok,
      accounts: row?.ok,
      operators: 'forbidden',
      'site owners': row?.ok,
      'half signed in': 'unauthenticated',
    }
    if (name !== 'POST /sign-out') expect(outcome(await send('owner', route))).toBe(expected[audience])
  })

  test('from another origin, a sibling origin, and without an origin', async () => {
    const path = route.path.replace(/:(\w+)/g, site.key)
    const browser = openDashboard(service, browsers.owner.cookies)
    const headers = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'http://sibling.localhost', 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      ...(route.method === 'GET'
        ? []
        : [
            { origin: '', 'sec-fetch-site': '' },
            { origin: 'null', 'sec-fetch-site': '' },
          ]),
    ]
    for (const sent of headers)
      expect(outcome(await browser.send(route.method, path, row?.body, sent))).toBe('cross_site_request')
  })
})

test('what a foreign owner is told about a site is what is told about one that does not exist', async () => {
  const absent = 's0000000000000000'
  for (const [, route] of table.filter(([name]) => name.includes(':site'))) {
    const [foreign, missing] = await Promise.all(
      [site.key, absent].map((key) =>
        openDashboard(service, browsers.stranger.cookies).send(
          route.method,
          route.path.replace(':site', key),
          rows[nameOf(route)]?.body,
        ),
      ),
    )
    expect(foreign?.body).toEqual(missing?.body)
    expect(foreign?.status).toBe(404)
  }
  expect((await accountOf(browsers.stranger)).email).toBe('stranger@blog.example')
})
