import type { Client, Sort } from '@repartee/sdk'
import { mount, unmount } from 'svelte'
import Comments from './Comments.svelte'
import type { Ui } from './contract.ts'
import { languageOf, loadMessages } from './i18n/index.ts'
import type { Messages } from './i18n/messages.ts'
import type { ThreadEvents } from './state/deps.ts'
import { commentOfHash } from './state/permalink.ts'
import { localStore } from './state/storage.ts'
import { reactiveStore } from './state/store.svelte.ts'
import { emptyContent, emptyStatus } from './state/store.ts'
import { createThread } from './state/thread.ts'

/** How often relative times move on. */
const TICK_MS = 30_000

export type MountOptions = {
  readonly client: Client
  readonly site: string
  readonly page: string
  readonly url: string
  readonly title: string
  /** BCP 47; what is not spoken becomes English. */
  readonly lang: string
  readonly sort: Sort
  emit<T extends keyof ThreadEvents>(type: T, detail: ThreadEvents[T]): void
}

/** Draw a page's comments into a shadow root. Returns how to end it: afterwards nothing of it is left. */
export const mountComments = (root: ShadowRoot, options: MountOptions): (() => void) => {
  const { host } = root
  const lang = languageOf(options.lang)
  let messages: Messages | null = null
  let now = $state(Date.now())
  let component: Record<string, unknown> | undefined
  let ended = false

  const { client, sort } = options
  const store = reactiveStore({ content: emptyContent(sort, client.reader), status: emptyStatus(client.connection) })
  const thread = createThread(
    {
      ...options,
      lang,
      storage: localStore,
      messages: () => messages,
      now: () => now,
      isEndOutOfSight: () => host.getBoundingClientRect().bottom > innerHeight,
      href: () => location.href,
    },
    store,
  )

  const draw = async (): Promise<void> => {
    messages = await loadMessages(lang)
    if (ended) return
    const dir = getComputedStyle(host).direction === 'rtl' ? 'rtl' : 'ltr'
    const ui: Ui = { view: thread.view, messages, lang, dir, now: () => now }
    component = mount(Comments, { target: root, context: new Map([['repartee', ui]]) })
  }

  const follow = (): void => {
    const id = commentOfHash(location.hash)
    if (id !== null) void thread.focus(id)
  }

  const ticking = setInterval(() => {
    now = Date.now()
  }, TICK_MS)
  addEventListener('hashchange', follow)
  addEventListener('pagehide', thread.flush)
  // Side by side: the texts and the first page are one round trip each.
  Promise.all([draw(), thread.start()])
    .then(() => ended || follow())
    .catch(() => options.emit('error', { code: 'unavailable' }))

  return () => {
    ended = true
    clearInterval(ticking)
    removeEventListener('hashchange', follow)
    removeEventListener('pagehide', thread.flush)
    if (component) void unmount(component)
    thread.close()
  }
}
