import { drawThread } from '../src/draw/draw-thread.ts'
import { languageOf, loadMessages } from '../src/i18n/index.ts'
import { adopt } from '../src/styles.ts'
import theme from '../src/theme.css?inline'
import { createFakeView } from './fake-view.ts'
import { type Content, NOW } from './fixtures.ts'
import { base, scenarios } from './scenarios.ts'

const query = new URLSearchParams(location.search)
const content = (query.get('lang') ?? 'en') as Content
const name = query.get('state') ?? 'few'
const scenario = scenarios[name]
if (!scenario) throw new Error(`no state ${name}; there are ${Object.keys(scenarios).join(' ')}`)

document.documentElement.dataset.theme = query.get('theme') ?? 'light'
document.documentElement.dataset.host = query.get('host') ?? 'plain'
if (content === 'ar') document.documentElement.dir = 'rtl'

const host = document.querySelector('#comments')
if (!host) throw new Error('the gallery page has no #comments')
const root = host.attachShadow({ mode: 'open' })
adopt(root, theme)

const draft = name === 'composer-long' ? 'Far too long. '.repeat(75) : ''
drawThread(root, {
  ...createFakeView({ ...base(content), ...scenario(content), hasDraft: draft !== '' }, draft),
  messages: await loadMessages(languageOf(content)),
  lang: languageOf(content),
  dir: content === 'ar' ? 'rtl' : 'ltr',
  now: () => NOW,
})

/** Wait for a part of the widget, which may come with a later chunk. */
const find = async (selector: string): Promise<HTMLElement> => {
  for (;;) {
    const found = root.querySelector<HTMLElement>(selector)
    if (found) return found
    await new Promise(requestAnimationFrame)
  }
}
const press = async (selector: string): Promise<void> => (await find(selector)).click()

const steps: Readonly<Record<string, () => Promise<void>>> = {
  composer: () => press('.stub'),
  'composer-guest': () => press('.stub'),
  'composer-problem': async () => {
    await press('.stub')
    await press('[type=submit]')
  },
  help: async () => {
    await press('.stub')
    await press('[aria-controls]')
  },
  preview: async () => {
    await press('.stub')
    const area = (await find('textarea')) as HTMLTextAreaElement
    area.value = 'A **preview**'
    area.dispatchEvent(new Event('input'))
    await press('.preview-toggle')
  },
  reply: () => press('[data-reply]'),
  editing: async () => {
    await press('[data-own] [data-more]')
    await press('.menu button:nth-child(2)')
  },
  menu: () => press('[data-own] [data-more]'),
  picker: () => press('[data-react]'),
  'picker-guest': () => press('.chip'),
}
await steps[name]?.()
document.documentElement.dataset.ready = ''
