import { decodeServerMessage } from '@repartee/sdk/protocol'
import { connect } from '@repartee/service/testing/wire-client'
import { canStartCluster } from '@repartee/tools/cluster/missing-programs'
import { type LocalCluster, startLocalCluster } from '@repartee/tools/cluster/start-cluster'
import { launchBrowser } from '@repartee/tools/launch-browser'
import type { BuiltNode } from '@repartee/tools/servers/built-node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { chooseAction, commentSaying, replyTo, writeComment } from './browser-reader.ts'

const PAGE = '/demo/same-hill.html'
/** A change crosses the cluster in milliseconds, but a busy machine takes longer. */
const LIVE = { timeout: 30_000 }
/** Two pages through a proxy that takes the node with the fewest connections: more than ever needed. */
const MAX_VISITS = 10

type Visit = { readonly page: Page; readonly nodes: readonly string[] }

describe.runIf(canStartCluster())('two readers through nginx, each on their own node', () => {
  let cluster: LocalCluster
  let browser: Browser
  let writer: Visit
  let watcher: Visit

  beforeAll(async () => {
    ;[cluster, browser] = await Promise.all([startLocalCluster({ nodes: 2, plain: true }), launchBrowser()])
    writer = await visit(1280)
    watcher = await visit(375)
    for (let i = 0; i < MAX_VISITS && nodeOf(watcher) === nodeOf(writer); i += 1) {
      await watcher.page.context().close()
      watcher = await visit(375)
    }
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await cluster?.stop()
  }, 90_000)

  /** Open the page and wait until a node has welcomed it; `nodes` grows with every connection. */
  const visit = async (width: number): Promise<Visit> => {
    const page = await (await browser.newContext({ viewport: { width, height: 800 } })).newPage()
    const nodes: string[] = []
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const message = decodeServerMessage(String(payload))
        if (message?.type === 'welcome') nodes.push(message.node)
      }),
    )
    await page.goto(cluster.url + PAGE)
    await page.locator('repartee-comments').scrollIntoViewIfNeeded()
    await page.getByRole('button', { name: 'Add a comment…' }).waitFor(LIVE)
    await vi.waitFor(() => expect(nodes).not.toEqual([]), LIVE)
    return { page, nodes }
  }

  const nodeOf = ({ nodes }: Visit): string | undefined => nodes.at(-1)

  /** The name of a node. */
  const nameOf = async (node: BuiltNode): Promise<string | undefined> => {
    const socket = await connect(`${node.url}/api/v1`)
    const welcome = await socket.ask({ type: 'hello', site: 'demo', version: 1 })
    socket.close()
    return welcome.type === 'welcome' ? welcome.node : undefined
  }

  const showNew = (page: Page): Promise<void> => page.getByRole('button', { name: /new comment/ }).click(LIVE)

  test('one posts, replies, reacts, edits and deletes; the other sees it live', async () => {
    expect(nodeOf(watcher)).not.toBe(nodeOf(writer))
    await writeComment(writer.page, 'From one node', 'Lan')
    // The first comment of an empty thread moves nothing, so it is shown at once and not behind a button.
    const first = commentSaying(watcher.page, 'From one node').first()
    await first.waitFor(LIVE)

    await replyTo(writer.page, commentSaying(writer.page, 'From one node'), 'And a reply')
    await showNew(watcher.page)
    await commentSaying(watcher.page, 'And a reply').waitFor(LIVE)

    const own = commentSaying(writer.page, 'From one node').first()
    await own.getByRole('button', { name: 'Add a reaction' }).click()
    await writer.page.getByRole('button', { name: 'Love', exact: true }).click()
    await first.getByRole('button', { name: 'Love: 1' }).waitFor(LIVE)

    await chooseAction(own, 'Edit')
    await writer.page.getByRole('article').getByRole('textbox').fill('From one node to another')
    await writer.page.getByRole('button', { name: 'Save' }).click()
    await commentSaying(watcher.page, 'From one node to another').getByText('edited').waitFor(LIVE)

    await chooseAction(commentSaying(writer.page, 'And a reply'), 'Delete')
    await commentSaying(watcher.page, 'And a reply').waitFor({ state: 'detached', ...LIVE })
    await watcher.page.getByRole('heading', { name: '1 comment' }).waitFor(LIVE)
  })

  test('when the node of one reader is stopped, both can continue', async () => {
    const names = await Promise.all(cluster.nodes.map(nameOf))
    const node = cluster.nodes[names.indexOf(nodeOf(writer))]
    expect(await node?.process.stop()).toBe(0)
    await expect.poll(() => nodeOf(writer), LIVE).toBe(nodeOf(watcher))

    await writeComment(writer.page, 'Still here')
    await showNew(watcher.page)
    await commentSaying(watcher.page, 'Still here').waitFor(LIVE)
    await replyTo(watcher.page, commentSaying(watcher.page, 'Still here'), 'Me too')
    await showNew(writer.page)
    await commentSaying(writer.page, 'Me too').waitFor(LIVE)
    for (const { page } of [writer, watcher])
      await expect.poll(() => page.locator('repartee-comments').getByRole('article').count(), LIVE).toBe(3)
  })
})
