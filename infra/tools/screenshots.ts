import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { guest, openThread, post } from '@repartee/service/testing/people'
import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { call } from '@repartee/service/testing/wire-client'
import { launchBrowser } from './launch-browser.ts'

/** Take the screenshots for the README and design reviews: posts of the demo, wide and narrow, light and dark. */
const FOLDER = fileURLToPath(new URL('../docs/screenshots', import.meta.url))
const sizes = { wide: { width: 1280, height: 1000 }, narrow: { width: 375, height: 812 } }

const conversation = [
  {
    name: 'Mai',
    body: 'I drew the view from my kitchen for a month once. By the third week I had stopped drawing *the view* and started drawing **the light**.',
  },
  { name: 'Jonas', body: 'Same here, with a bus stop. The forty-first drawing was the first one I liked.', reply: 0 },
  {
    name: 'Thảo',
    body: 'Cảm ơn bài viết. Mình cũng vẽ một góc phố suốt mùa mưa, và đến giờ vẫn thấy nó mới.',
    reply: 1,
  },
  {
    name: 'Ade',
    body: 'What did you draw with? I find that the tool decides how long I look:\n\n> a pencil asks for a minute, a brush for ten',
  },
  {
    name: 'Mai',
    body: 'A `2B` pencil and a [cheap sketchbook](https://example.com/paper). Nothing to be afraid of.',
    reply: 3,
  },
] as const

const talk = async (service: RunningService, page: string): Promise<void> => {
  const { thread } = await openThread(service, 'demo', page)
  const ids: string[] = []
  for (const said of conversation) {
    const { token } = await guest(service, 'demo', said.name)
    const parentId = 'reply' in said ? ids[said.reply] : undefined
    const { comment } = await post(service, {
      site: 'demo',
      thread: thread.id,
      token,
      body: said.body,
      ...(parentId !== undefined && { parentId }),
    })
    ids.push(comment.id)
    for (const kind of ['love', 'like'].slice(0, ids.length % 3))
      await call('PUT', `${service.api}/sites/demo/threads/${thread.id}/comments/${ids[0]}/reactions/${kind}`, {
        token,
      })
  }
}

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof launchBrowser>>['newPage']>>

const picture = async (page: Page, name: string): Promise<void> => {
  await page.locator('repartee-comments').evaluate((element) => element.scrollIntoView({ block: 'start' }))
  await page.getByRole('article').filter({ hasText: 'Jonas' }).last().waitFor()
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: `${FOLDER}/${name}.png` })
}

await mkdir(FOLDER, { recursive: true })
const service = await startService()
const browser = await launchBrowser()
const posts = { conversation: 'same-hill', vietnamese: 'egg-coffee', arabic: 'in-the-margin' }
for (const [name, post_] of Object.entries(posts)) {
  await talk(service, `/demo/${post_}.html`)
  for (const [size, viewport] of Object.entries(sizes))
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await (await browser.newContext({ viewport, colorScheme })).newPage()
      await page.goto(`${service.url}/demo/${post_}.html`)
      const plain = size === 'wide' && colorScheme === 'light'
      await picture(page, plain ? name : `${name}-${size}-${colorScheme}`)
      await page.context().close()
    }
}
await browser.close()
await service.dispose()
process.exit()
