import { ReparteeError } from '@repartee/sdk'
import type { ThreadView } from '../contract.ts'
import { loadWriting } from '../i18n/index.ts'
import { once } from '../once.ts'
import { readJson } from './key-value.ts'
import { mirror } from './mirror.ts'
import { permalinkOf } from './permalink.ts'
import { createReading } from './reading.ts'
import type { Content, Store } from './store.ts'
import type { ThreadDeps } from './thread-deps.ts'
import { createTree, type Tree } from './tree.ts'
import type { Writing } from './writing.ts'

export type Thread = {
  readonly view: ThreadView
  /** Load; settles when the first page is drawn or could not be had. */
  start(): Promise<void>
  /** Follow a permalink. */
  focus(id: string): Promise<void>
  /** The page is being left: delete and keep now what was to be deleted or kept soon. */
  flush(): void
  /** Stop everything; the client stays open. */
  close(): void
}

/** One view of one page's thread: the state behind `<repartee-comments>`. */
export const createThread = (deps: ThreadDeps, store: Store): Thread => {
  const { client } = deps
  const place = `${deps.site}:${deps.page}`
  const names = { drafts: `repartee:draft:${place}`, outbox: `repartee:outbox:${place}` }
  const build = createTree()

  let writing: Writing | undefined
  let closed = false

  /** The part that writes is a chunk of its own: whoever only reads never loads it. */
  const write = once(async (): Promise<Writing> => {
    try {
      const [{ createWriting }, { errors }] = await Promise.all([import('./writing.ts'), loadWriting(deps.lang)])
      writing = createWriting(deps, store, names, errors, () => void reading.check())
    } catch (cause) {
      throw new ReparteeError('unavailable', undefined, { cause })
    }
    if (closed) writing.close()
    return writing
  })

  const tellHost = (error: unknown): void =>
    deps.emit('error', { code: error instanceof ReparteeError ? error.code : 'internal' })

  const reading = createReading(deps, store, () => void writing?.resend())

  let built: { content: Content; now: number; tree: Tree } | undefined
  /** Builds only when what it is made of has changed. */
  const tree = (): Tree => {
    const { content } = store
    const now = deps.now()
    if (built?.content !== content || built.now !== now) built = { content, now, tree: build(content, now) }
    return built.tree
  }

  const stops = [
    client.onReader((reader) => {
      const before = store.content.reader
      const isOther = before?.id !== reader?.id
      store.patch({
        reader,
        ...(isOther && { mine: new Map(), outbox: store.content.outbox.filter(({ state }) => state !== 'pending') }),
      })
      // A guest who has just given a name has nothing in the thread yet; anybody else may.
      if (isOther && reader && reader.role !== 'guest' && store.status.phase === 'ready')
        reading.sortBy(store.content.sort).catch(() => {})
    }),
    client.onConnection((connection) => {
      const returned = connection === 'live' || connection === 'polling'
      store.note({ connection })
      if (returned) void writing?.resend()
    }),
  ]

  /** Something the reader does, which waits for the part that writes. */
  const later =
    <A extends unknown[], R>(method: (writing: Writing) => (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> =>
      method(await write())(...args)

  const own = {
    page: deps.page,
    get presence() {
      const { count, typing } = store.status.presence
      const self = typing.indexOf(store.content.reader?.name ?? '')
      return { count, typing: typing.filter((_, i) => i !== self) }
    },
    get newCount() {
      return store.content.held.size
    },
    get hasDraft() {
      return Boolean((readJson(deps.storage, names.drafts) as { readonly ''?: unknown } | null)?.[''])
    },
    setSort: reading.sortBy,
    loadMore: reading.loadMore,
    loadReplies: reading.loadReplies,
    showNew: reading.showNew,
    async retryLoad() {
      store.note({ phase: 'loading', error: null })
      await start()
    },
    async signIn(name: string) {
      await client.signInAsGuest(name)
    },
    signOut: () => client.signOut(),
    async prepare() {
      await write()
    },
    send: later((to) => to.send),
    retry: (key: string) => writing?.retry(key),
    discard: (key: string) => writing?.discard(key),
    edit: later((to) => to.edit),
    source: later((to) => to.source),
    remove: (id: string) =>
      void write()
        .then((to) => to.remove(id))
        .catch(tellHost),
    undoRemove: (id: string) => writing?.undoRemove(id),
    toggleReaction: later((to) => to.toggleReaction),
    preview: later((to) => to.preview),
    typing: () => client.typing(store.status.threadId),
    permalink: (id: string) => permalinkOf(deps.href(), id),
    draft: (parentId: string | null) => ({ body: writing?.drafts.get(parentId) ?? '' }),
    saveDraft: (parentId: string | null, body: string) => writing?.drafts.set(parentId, body),
  }

  const view: ThreadView = mirror(
    own,
    () => store.status,
    () => store.content,
    () => store.content.facts,
    tree,
  )

  const start = async (): Promise<void> => {
    await reading.load()
    if (!closed && store.status.phase === 'ready' && deps.storage.get(names.outbox) !== null)
      await write()
        .then((to) => to.resume())
        .catch(tellHost)
  }

  return {
    view,
    start,
    focus: reading.focus,
    flush: () => writing?.flush(),
    close() {
      closed = true
      writing?.flush()
      writing?.close()
      reading.close()
      for (const stop of stops) stop()
    },
  }
}
