import { RepError } from '@repartee/sdk'
import type { ThreadView } from '../contract.ts'
import { loadWriting } from '../i18n/index.ts'
import { once } from '../once.ts'
import type { ThreadDeps } from './deps.ts'
import { createDrafts } from './drafts.ts'
import { permalinkOf } from './permalink.ts'
import { createReading } from './reading.ts'
import type { Content, Store } from './store.ts'
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
  const outboxName = `repartee:outbox:${place}`
  const drafts = createDrafts(deps.storage, `repartee:draft:${place}`)
  const build = createTree()

  let writing: Writing | undefined
  let closed = false

  /** The part that writes is a chunk of its own: whoever only reads never loads it. */
  const write = once(async (): Promise<Writing> => {
    try {
      const [{ createWriting }, { errors }] = await Promise.all([import('./writing.ts'), loadWriting(deps.lang)])
      writing = createWriting(deps, store, drafts, outboxName, errors)
    } catch (cause) {
      throw new RepError('unavailable', undefined, { cause })
    }
    if (closed) writing.close()
    return writing
  })

  const tellHost = (error: unknown): void =>
    deps.emit('error', { code: error instanceof RepError ? error.code : 'internal' })

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

  const view: ThreadView = {
    get phase() {
      return store.status.phase
    },
    get error() {
      return store.status.error
    },
    get site() {
      return store.content.site
    },
    page: deps.page,
    get commentCount() {
      return store.content.facts.commentCount
    },
    get closed() {
      return store.content.facts.closed
    },
    get presence() {
      const { count, typing } = store.status.presence
      const own = typing.indexOf(store.content.reader?.name ?? '')
      return { count, typing: typing.filter((_, i) => i !== own) }
    },
    get connection() {
      return store.status.connection
    },
    get sort() {
      return store.content.sort
    },
    get roots() {
      return tree().roots
    },
    get rootOutbox() {
      return tree().rootOutbox
    },
    get hasMore() {
      return store.content.hasMore
    },
    get loadingMore() {
      return store.status.loadingMore
    },
    get newCount() {
      return store.content.held.size
    },
    get reader() {
      return store.content.reader
    },
    get focusedId() {
      return store.status.focusedId
    },
    get linked() {
      return tree().linked
    },
    get announcement() {
      return store.status.announcement
    },
    get alert() {
      return store.status.alert
    },
    setSort: reading.sortBy,
    loadMore: reading.loadMore,
    loadReplies: reading.loadReplies,
    showNew: reading.showNew,
    async retryLoad() {
      store.note({ phase: 'loading', error: null })
      await start()
    },
    async signIn(name) {
      await client.signInAsGuest(name)
    },
    signOut: () => client.signOut(),
    send: async (draft) => (await write()).send(draft),
    retry: (key) => writing?.retry(key),
    discard: (key) => writing?.discard(key),
    edit: async (id, body) => (await write()).edit(id, body),
    source: async (id) => (await write()).source(id),
    remove: (id) =>
      void write()
        .then((to) => to.remove(id))
        .catch(tellHost),
    undoRemove: (id) => writing?.undoRemove(id),
    toggleReaction: async (id, kind) => (await write()).toggleReaction(id, kind),
    preview: async (body) => (await write()).preview(body),
    typing: () => client.typing(store.status.threadId),
    permalink: (id) => permalinkOf(deps.href(), id),
    draft: (parentId) => ({ body: drafts.get(parentId) }),
    saveDraft(parentId, body) {
      drafts.set(parentId, body)
      // Ready before the reader presses send, even if the connection is gone by then.
      write().catch(() => {})
    },
  }

  const start = async (): Promise<void> => {
    await reading.load()
    if (!closed && store.status.phase === 'ready' && deps.storage.get(outboxName) !== null)
      await write()
        .then((to) => to.resume())
        .catch(tellHost)
  }

  return {
    view,
    start,
    focus: reading.focus,
    flush() {
      writing?.flush()
      drafts.flush()
    },
    close() {
      closed = true
      writing?.flush()
      drafts.flush()
      writing?.close()
      reading.close()
      for (const stop of stops) stop()
    },
  }
}
