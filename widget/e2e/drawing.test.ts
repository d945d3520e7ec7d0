import { fileURLToPath } from 'node:url'
import { launchBrowser } from '@repartee/tools/launch-browser'
import fc from 'fast-check'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type * as H from '../src/draw/h.ts'
import type * as Roots from '../src/draw/root.ts'
import { type Gallery, serveSources } from './gallery-server.ts'

type Modules = typeof H & typeof Roots

let gallery: Gallery
let browser: Browser
let page: Page

beforeAll(async () => {
  gallery = await serveSources()
  browser = await launchBrowser()
  page = await browser.newPage()
})
afterAll(async () => {
  await browser?.close()
  await gallery?.close()
})

const fileOf = (name: string): string => `/@fs${fileURLToPath(new URL(`../src/draw/${name}.ts`, import.meta.url))}`

/** An empty shadow root to draw in, as `target`, and the renderer beside it. */
beforeEach(async () => {
  const url = `${gallery.origin}blank`
  await page.route(url, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><body></body>' }))
  await page.goto(url)
  await page.addScriptTag({
    type: 'module',
    content: `import * as h from '${fileOf('h')}'
      import * as root from '${fileOf('root')}'
      const target = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' })
      Object.assign(window, { d: { ...h, ...root }, target, drawn: [] })`,
  })
  await page.waitForFunction(() => 'd' in window)
})

type Page0 = { d: Modules; target: ShadowRoot; drawn: readonly H.VNode[] }

type Step = { readonly html: string; readonly kept: boolean; readonly moved: number; readonly focus: string }

/** Draw a list of fields, in one order after the other, with the focus in one of them. */
const drawOrders = (orders: readonly (readonly string[])[], focused: string): Promise<Step[]> =>
  page.evaluate(
    ([lists, focusKey]) => {
      const world = window as unknown as Page0
      const { h, draw } = world.d
      draw(world.target, world.drawn, [], 1_000)
      world.drawn = []
      return lists.map((list) => {
        const before = new Map([...world.target.querySelectorAll('input')].map((input) => [input.name, input]))
        const observer = new MutationObserver(() => undefined)
        observer.observe(world.target, { childList: true, subtree: true })
        const next = [
          h(
            'ul',
            {},
            'before',
            list.map((key) => h('li', { key }, h('input', { name: key }))),
            'after',
          ),
        ]
        draw(world.target, world.drawn, next, 1_000)
        world.drawn = next
        const inputs = [...world.target.querySelectorAll('input')]
        const added = observer.takeRecords().flatMap(({ addedNodes }) => [...addedNodes])
        observer.disconnect()
        const step = {
          html: world.target.innerHTML,
          kept: inputs.every((input) => (before.get(input.name) ?? input) === input),
          moved: added.filter((node) => node instanceof Element && before.has(node.querySelector('input')?.name ?? ''))
            .length,
          focus: world.target.activeElement?.getAttribute('name') ?? '',
        }
        if (!step.focus) world.target.querySelector<HTMLElement>(`[name="${focusKey}"]`)?.focus()
        return step
      })
    },
    [orders, focused] as const,
  )

const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

test('in any new order the list is correct, keeps its elements, and the focus stays', async () => {
  const lists = fc.array(fc.shuffledSubarray(keys), { minLength: 2, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(lists, fc.constantFrom(...keys), async (orders, focused) => {
      const steps = await drawOrders(orders, focused)
      steps.forEach(({ html, kept, focus }, i) => {
        const order = orders[i] ?? []
        expect(html).toBe(`<ul>before${order.map((key) => `<li><input name="${key}"></li>`).join('')}after</ul>`)
        expect(kept).toBe(true)
        if (orders[i - 1]?.includes(focused) && order.includes(focused)) expect(focus).toBe(focused)
      })
    }),
    { numRuns: 150 },
  )
})

test.each([
  ['the last becomes the first', 'abcdefg', 'gabcdef', 1],
  ['the first becomes the last', 'abcdefg', 'bcdefga', 1],
  ['two change places', 'abcdefg', 'afcdebg', 2],
  ['one is added before all others', 'bcdefg', 'abcdefg', 0],
  ['all but one go', 'abcdefg', 'd', 0],
])('no more is moved than has to be: %s', async (_what, from, to, moves) => {
  const [, step] = await drawOrders([[...from], [...to]], 'none')
  expect(step?.moved).toBe(moves)
})

test('attributes, properties and texts are updated; a false or missing value removes an attribute, except for ARIA', async () => {
  const html = await page.evaluate(() => {
    const { d, target } = window as unknown as Page0
    const look = (on: boolean, n: number): H.VNode[] => [
      d.h(
        'p',
        { class: on ? 'on' : undefined, hidden: on, 'aria-busy': on, '--n': n, onclick: () => undefined },
        on && d.h('b', {}, 'bold'),
        `${n}`,
        null,
        d.h('svg', {}, d.h('path', { d: 'M0 0' })),
      ),
    ]
    const shots: string[] = []
    let drawn: H.VNode[] = []
    for (const next of [look(true, 1), look(false, 2), look(true, 3)]) {
      d.draw(target, drawn, next, 1_000)
      drawn = next
      shots.push(target.innerHTML)
    }
    return [...shots, `${target.querySelector('path') instanceof SVGPathElement}`]
  })
  const on = (n: number): string =>
    `<p class="on" hidden="true" aria-busy="true" style="--n: ${n};"><b>bold</b>${n}<svg><path d="M0 0"></path></svg></p>`
  expect(html).toEqual([
    on(1),
    '<p aria-busy="false" style="--n: 2;">2<svg><path d="M0 0"></path></svg></p>',
    // Attributes come back where they are put, not where they were.
    '<p aria-busy="true" style="--n: 3;" class="on" hidden="true"><b>bold</b>3<svg><path d="M0 0"></path></svg></p>',
    'true',
  ])
})

test('what an element uses starts once when it is in the document and ends once when it is removed', async () => {
  const log = await page.evaluate(() => {
    const { d, target } = window as unknown as Page0
    const told: string[] = []
    const use = (element: HTMLElement): (() => void) => {
      told.push(`begin ${element.isConnected}`)
      return () => told.push('end')
    }
    let drawn: H.VNode[] = []
    for (const shown of [true, true, false]) {
      const next = [d.h('div', {}, shown && d.h('p', {}, d.h('i', { use })))]
      d.draw(target, drawn, next, 1_000)
      drawn = next
    }
    return told
  })
  expect(log).toEqual(['begin true', 'end'])
})

test('a part with the same inputs is not drawn again; a thousand changes in one task are drawn once', async () => {
  const counts = await page.evaluate(async () => {
    const { d, target } = window as unknown as Page0
    const drawnTimes: Record<string, number> = {}
    const part = (name: string, value: number): H.VNode => {
      drawnTimes[name] = (drawnTimes[name] ?? 0) + 1
      return d.h('p', {}, `${name} ${value}`)
    }
    let a = 0
    const root = d.createRoot(target, () => d.h('div', {}, d.memo(part, ['a', a], 'a'), d.memo(part, ['b', 1], 'b')))
    root.redraw()
    await root.settled()
    for (; a < 1_000; a += 1) root.redraw()
    await root.settled()
    return { drawnTimes, html: target.innerHTML }
  })
  expect(counts).toEqual({ drawnTimes: { a: 2, b: 1 }, html: '<div><p>a 1000</p><p>b 1</p></div>' })
})

test('a long list is drawn in slices from its start, and the page stays responsive in between', async () => {
  const seen = await page.evaluate(async () => {
    const { d, target } = window as unknown as Page0
    const slow = (n: number): H.VNode => {
      for (const until = performance.now() + 1; performance.now() < until; );
      return d.h('li', {}, `${n}`)
    }
    const list = (_version: number): H.VNode =>
      d.h(
        'ul',
        {},
        Array.from({ length: 100 }, (_item, n) => d.memo(slow, [n], `${n}`)),
      )
    const root = d.createRoot(target, () => d.h('section', {}, d.memo(list, [1])))
    root.redraw()
    const lengths: number[] = []
    const watching = setInterval(() => lengths.push(target.querySelectorAll('li').length))
    await root.settled()
    clearInterval(watching)
    const texts = [...target.querySelectorAll('li')].map(({ textContent }) => Number(textContent))
    root.end()
    return { lengths, texts, left: target.innerHTML }
  })
  expect(seen.texts).toEqual(Array.from({ length: 100 }, (_, n) => n))
  expect(new Set(seen.lengths).size).toBeGreaterThan(2)
  expect(seen.left).toBe('')
})

test('a drawing that ends during another does not disturb it', async () => {
  const used = await page.evaluate(() => {
    const { d, target } = window as unknown as Page0
    const told: string[] = []
    const inner = d.createRoot(target, () => d.h('i'))
    const first = [d.h('div', {}, d.h('p', { key: 'one', use: () => () => inner.end() }))]
    d.draw(target, [], first, 1_000)
    const next = [
      d.h(
        'div',
        {},
        d.h('b', {
          key: 'new',
          use: () => {
            told.push('used')
            return undefined
          },
        }),
      ),
    ]
    d.draw(target, first, next, 1_000)
    return told
  })
  expect(used).toEqual(['used'])
})
