import type { AdminAccount, SignInResult } from '@repartee/sdk/protocol/admin'
import { generateSync } from 'otplib'
import { operate } from './people.ts'
import type { RunningService } from './start-service.ts'
import { call, type HttpAnswer } from './wire-client.ts'

/** A page of the dashboard in one browser: it keeps cookies and sends what browsers send. */
export type DashboardBrowser = {
  readonly cookies: Map<string, string>
  /** Send a request to the admin API; resolves for every status. */
  send<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<HttpAnswer<T>>
}

/** Open the dashboard of a node in a new browser, or in one that has some cookies. */
export const openDashboard = (
  service: Pick<RunningService, 'api' | 'url'>,
  cookies: ReadonlyMap<string, string> = new Map(),
): DashboardBrowser => {
  const jar = new Map(cookies)
  return {
    cookies: jar,
    send: async (method, path, body, headers = {}) => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await call<never>(method, `${service.api}/admin${path}`, {
        ...(body !== undefined && { body }),
        headers: {
          ...(method !== 'GET' && { origin: service.url }),
          ...(cookie !== '' && { cookie }),
          'sec-fetch-site': 'same-origin',
          'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
          ...headers,
        },
      })
      for (const line of answer.headers.getSetCookie()) {
        const [pair = ''] = line.split(';')
        const [name = '', value = ''] = pair.split('=')
        if (/Max-Age=0/.test(line)) jar.delete(name)
        else jar.set(name, value)
      }
      return answer
    },
  }
}

export const PASSWORD = 'nine calm herons by the river'

/** The secret in the fragment of a link. */
export const secretOf = (url: string): string => url.split('#')[1] ?? ''

/** Set up an installation; resolves with its operator, signed in. */
export const setUpOperator = async (
  service: RunningService,
  email = 'operator@blog.example',
): Promise<DashboardBrowser> => {
  const link = (await operate(service, 'account.setupLink', {})) as { url: string }
  const browser = openDashboard(service)
  const answer = await browser.send('POST', '/setup', { token: secretOf(link.url), email, password: PASSWORD })
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
  return browser
}

/** Let someone in by invitation; resolves with their browser, signed in. */
export const signUpInvited = async (service: RunningService, email: string): Promise<DashboardBrowser> => {
  const { link } = (await operate(service, 'account.invite', { email })) as { link: string }
  const browser = openDashboard(service)
  const answer = await browser.send('POST', '/invitations/accept', { token: secretOf(link), password: PASSWORD })
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
  return browser
}

export const signIn = (browser: DashboardBrowser, email: string, password = PASSWORD) =>
  browser.send<SignInResult & { error?: { code: string } }>('POST', '/sign-in', { email, password })

export const accountOf = async (browser: DashboardBrowser): Promise<AdminAccount> =>
  (await browser.send<AdminAccount>('GET', '/account')).body

/** A code of an authenticator at a time. */
export const totpAt = (secret: string, atMs = Date.now()): string =>
  generateSync({ secret, epoch: Math.floor(atMs / 1_000) })

/**
 * Turn on an authenticator; resolves with its seed and the recovery codes. Uses the code before the present one, so that
 * the present one can be used afterwards.
 */
export const addTotp = async (browser: DashboardBrowser): Promise<{ secret: string; codes: string[] }> => {
  const { secret } = (await browser.send<{ secret: string }>('POST', '/account/totp')).body
  // The next code may come between these two lines, and the one before the last is not taken.
  for (let tries = 0; ; tries += 1) {
    const code = totpAt(secret, Date.now() - 30_000)
    const { status, body } = await browser.send<{ codes: string[] }>('POST', '/account/totp/confirm', { code })
    if (status === 200) return { secret, codes: body.codes }
    if (tries === 2) throw new Error(`${status} ${JSON.stringify(body)}`)
  }
}
