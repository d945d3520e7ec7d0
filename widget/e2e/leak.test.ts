import { guest, openThread, post, registerSite } from '@repartee/service/testing/people'
import { sized } from '@repartee/service/testing/sized'
import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { Browser, CDPSession } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postPage, startHostSite } from './host-site.ts'

let service: RunningService
let host: Awaited<ReturnType<typeof startHostSite>>
let browser: Browser

beforeAll(async () => {
  service = await startService()
  host = await startHostSite()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await service?.dispose()
})

type Counted = { nodes: number; listeners: number; documents: number; heap: number }

/** What the page holds after a garbage collection. */
const counted = async (cdp: CDPSession): Promise<Counted> => {
  for (let i = 0; i < 3; i += 1) await cdp.send('HeapProfiler.collectGarbage')
  const { metrics } = await cdp.send('Performance.getMetrics')
  const value = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN
  return {
    nodes: value('Nodes'),
    listeners: value('JSEventListeners'),
    documents: value('Documents'),
    heap: value('JSHeapUsedSize'),
  }
}

const MOUNTS = sized(250, 1_000)

test(`${MOUNTS} mounts and unmounts leave no node, listener, timer or socket behind`, {
  timeout: 300_000,
}, async () => {
  const site = await registerSite(service, { origins: [host.origin] })
  host.pages.set('/post', { html: postPage({ service: service.url, site }) })
  const { thread } = await openThread(service, site, '/post')
  const { token } = await guest(service, site, 'A reader')
  for (let i = 0; i < 3; i += 1) await post(service, { site, thread: thread.id, token, body: `Comment ${i}` })

  const page = await browser.newPage()
  const open = new Set<unknown>()
  page.on('websocket', (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  await page.addInitScript(() => {
    const running = new Set<unknown>()
    Object.assign(window, { running })
    for (const [start, stop] of [
      ['setTimeout', 'clearTimeout'],
      ['setInterval', 'clearInterval'],
    ] as const) {
      const original = window[start].bind(window) as (callback: () => void, ms?: number) => unknown
      const cancel = window[stop].bind(window)
      Object.assign(window, {
        [start]: (callback: () => void, ms?: number) => {
          const timer = original(() => {
            if (start === 'setTimeout') running.delete(timer)
            callback()
          }, ms)
          running.add(timer)
          return timer
        },
        [stop]: (timer: never) => {
          running.delete(timer)
          cancel(timer)
        },
      })
    }
  })
  await page.goto(`${host.origin}/post`)
  await page.getByText('Comment 2').waitFor()

  /** One element after the other, every third left before it has anything to show. */
  const mountAndUnmount = (times: number): Promise<void> =>
    page.evaluate(async (count) => {
      const template = document.querySelector('repartee-comments')
      for (let i = 0; i < count; i += 1) {
        const element = document.createElement('repartee-comments')
        for (const name of ['site', 'base-url'])
          element.setAttribute(name, (template ?? element).getAttribute(name) ?? '')
        const ready = new Promise((resolve) => element.addEventListener('repartee:ready', resolve, { once: true }))
        document.body.append(element)
        await (i % 3 === 0 ? Promise.resolve() : ready)
        element.remove()
      }
    }, times)

  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable')
  await mountAndUnmount(20)
  await page.evaluate(() => document.querySelector('repartee-comments')?.remove())
  await expect.poll(() => open.size, { timeout: 10_000 }).toBe(0)
  const timers = (): Promise<number> =>
    page.evaluate(() => (window as unknown as { running: Set<unknown> }).running.size)
  await expect.poll(timers, { timeout: 20_000 }).toBe(0)
  const before = await counted(cdp)

  await page.evaluate(
    ([url, key]) => {
      const element = document.createElement('repartee-comments')
      element.setAttribute('site', key ?? '')
      element.setAttribute('base-url', url ?? '')
      document.body.append(element)
    },
    [service.url, site],
  )
  await page.getByText('Comment 2').waitFor()
  await mountAndUnmount(MOUNTS)
  await page.evaluate(() => document.querySelector('repartee-comments')?.remove())
  await expect.poll(() => open.size, { timeout: 10_000 }).toBe(0)
  await expect.poll(timers, { timeout: 20_000 }).toBe(0)
  const after = await counted(cdp)
  console.info('leak: before', before, 'after', after)

  // A thousand leaks of anything would show as a thousand; the page itself may move by a few.
  expect(after.nodes - before.nodes).toBeLessThan(50)
  expect(after.listeners - before.listeners).toBeLessThan(10)
  expect(after.documents - before.documents).toBe(0)
})
