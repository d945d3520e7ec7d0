import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  accountOf,
  addTotp,
  type DashboardBrowser,
  openDashboard,
  setUpOperator,
  signIn,
  signUpInvited,
  totpAt,
} from '../../testing/dashboard-browser.ts'
import { operate } from '../../testing/people.ts'
import { possible, startTwoNodes, type TwoNodes } from './two-nodes.ts'

/** Within this time of a session's end every node must refuse it. */
const LIMIT_MS = 1_000

describe.runIf(possible)('accounts on two nodes', () => {
  let nodes: TwoNodes
  beforeAll(async () => {
    nodes = await startTwoNodes()
    await setUpOperator(nodes.one)
  })
  afterAll(() => nodes?.stop())

  /** How long after the end the last accepted request was sent. Asks all the time, so that the node may use its cache. */
  const acceptsAfter = async (browser: DashboardBrowser, end: () => Promise<unknown>): Promise<number> => {
    let endedAt = Number.POSITIVE_INFINITY
    const ended = end().then(() => {
      endedAt = performance.now()
    })
    let lastSentAt = performance.now()
    for (;;) {
      const sentAt = performance.now()
      const { status } = await browser.send('GET', '/account')
      if (status !== 200) break
      lastSentAt = sentAt
      if (sentAt - endedAt > 20 * LIMIT_MS) break
    }
    await ended
    return lastSentAt - endedAt
  }

  const endings: readonly (readonly [
    name: string,
    end: (browser: DashboardBrowser, email: string) => Promise<unknown>,
  ])[] = [
    ['signing out', (browser) => browser.send('POST', '/sign-out')],
    ['a suspension', (_, email) => operate(nodes.one, 'account.setSuspended', { email, suspended: true })],
  ]

  describe.each([
    ['with Redis', 'there'],
    ['without Redis', 'away'],
  ])('%s', (_, redis) => {
    beforeAll(async () => {
      if (redis === 'away') await nodes.redis.stop()
    })

    test.each(endings)(
      'a session ended by %s on one node is refused by the other within a second',
      async (name, end) => {
        const email = `${redis}-${name.replaceAll(' ', '-')}@blog.example`
        const one = await signUpInvited(nodes.one, email)
        const two = openDashboard(nodes.two, one.cookies)
        expect((await accountOf(two)).email).toBe(email)
        expect(await acceptsAfter(two, () => end(one, email))).toBeLessThan(LIMIT_MS)
      },
    )

    test('of two uses of one code at once, one on each node, one is accepted', async () => {
      const email = `${redis}-code@blog.example`
      const { secret } = await addTotp(await signUpInvited(nodes.one, email))
      const browsers = [openDashboard(nodes.one), openDashboard(nodes.two)]
      for (const browser of browsers) await signIn(browser, email)
      const code = totpAt(secret)
      const answers = await Promise.all(browsers.map((browser) => browser.send('POST', '/sign-in/code', { code })))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
    })
  })
})
