import type { Client, Sort } from '@repartee/sdk'
import { type DrawnThread, drawThread } from './draw/draw-thread.ts'
import { languageOf, loadMessages } from './i18n/index.ts'
import type { Messages } from './i18n/messages.ts'
import { localStore } from './state/key-value.ts'
import { commentOfHash } from './state/permalink.ts'
import { createThread } from './state/thread.ts'
import type { ThreadEvents } from './state/thread-deps.ts'
import { createStore } from './state/view-store.ts'

/** How often relative times are updated. */
const TICK_MS = 30_000

export type MountOptions = {
  readonly client: Client
  readonly site: string
  readonly page: string
  readonly url: string
  readonly title: string
  /** A BCP 47 tag. A language without texts becomes English. */
  readonly lang: string
  readonly sort: Sort
  emit<T extends keyof ThreadEvents>(type: T, detail: ThreadEvents[T]): void
}

/** Draw a page's comments into a shadow root. Returns a function that removes them and leaves nothing behind. */
export const mountComments = (root: ShadowRoot, options: MountOptions): (() => void) => {
  const { host } = root
  const lang = languageOf(options.lang)
  let messages: Messages | null = null
  let now = Date.now()
  let drawn: DrawnThread | undefined
  let ended = false

  const { client, sort } = options
  const store = createStore(sort, client.reader, client.connectionState)
  const thread = createThread(
    {
      ...options,
      lang,
      storage: localStore,
      messages: () => messages,
      now: () => now,
      isEndOutOfSight: () => host.getBoundingClientRect().bottom > innerHeight,
      href: () => location.href,
      emit: (type, detail) => (type === 'ready' ? ready() : options.emit(type, detail)),
    },
    store,
  )

  const draw = async (): Promise<void> => {
    messages = await loadMessages(lang)
    if (ended) return
    const dir = getComputedStyle(host).direction === 'rtl' ? 'rtl' : 'ltr'
    const { subscribe } = store
    drawn = drawThread(root, { view: thread.view, messages, lang, dir, now: () => now, subscribe })
  }

  const failed = (): void => options.emit('error', { code: 'unavailable' })

  /** Reported only when everything is drawn: the host shows what is below the comments then, and it must not move. */
  const ready = (): void => {
    drawing
      .then(() => drawn?.settled())
      .then(
        () => ended || options.emit('ready', {}),
        // Reported already: without texts nothing is drawn.
        () => undefined,
      )
  }

  const follow = (): void => {
    const id = commentOfHash(location.hash)
    if (id !== null) thread.focus(id).catch(failed)
  }

  const ticking = setInterval(() => {
    now = Date.now()
    store.updateStatus({})
  }, TICK_MS)
  addEventListener('hashchange', follow)
  addEventListener('pagehide', thread.flush)
  // In parallel: the texts and the first page take one round trip each.
  const drawing = draw()
  Promise.all([drawing, thread.start()])
    .then(() => ended || follow())
    .catch(failed)

  return () => {
    ended = true
    clearInterval(ticking)
    removeEventListener('hashchange', follow)
    removeEventListener('pagehide', thread.flush)
    drawn?.end()
    thread.close()
  }
}
