import { ReparteeError } from '@repartee/sdk'
import type { ThreadView } from '../contract.ts'
import { loadWriting } from '../i18n/index.ts'
import { once } from '../once.ts'
import { codeOf } from './code-of.ts'
import { forwardProperties } from './forward-properties.ts'
import { readJson } from './key-value.ts'
import { permalinkOf } from './permalink.ts'
import type { ReaderActions } from './reader-actions.ts'
import type { ThreadDeps } from './thread-deps.ts'
import { createThreadSync } from './thread-sync.ts'
import { createTree, type Tree } from './tree.ts'
import type { Content, Store } from './view-store.ts'

export type Thread = {
  readonly view: ThreadView
  /** Load the thread. Resolves when the first page is drawn or could not be loaded. */
  start(): Promise<void>
  /** Follow a permalink. */
  focus(id: string): Promise<void>
  /** The reader is leaving the page: delete and store now what would be deleted or stored soon. */
  flush(): void
  /** Stop everything. The client stays open. */
  close(): void
}

/** One view of one page's thread: the state behind `<repartee-comments>`. */
export const createThread = (deps: ThreadDeps, store: Store): Thread => {
  const { client } = deps
  const page = `${deps.site}:${deps.page}`
  const names = { drafts: `repartee:draft:${page}`, outbox: `repartee:outbox:${page}` }
  const buildTree = createTree()

  let actions: ReaderActions | undefined
  let closed = false

  /** The reader's actions are a chunk of their own, which readers who only read never load. */
  const loadActions = once(async (): Promise<ReaderActions> => {
    try {
      const [{ createReaderActions }, { errors }] = await Promise.all([
        import('./reader-actions.ts'),
        loadWriting(deps.lang),
      ])
      actions = createReaderActions(deps, store, names, errors, () => void sync.checkStale())
    } catch (cause) {
      throw new ReparteeError('unavailable', undefined, { cause })
    }
    if (closed) actions.close()
    return actions
  })

  const reportError = (error: unknown): void => deps.emit('error', { code: codeOf(error) })

  const sync = createThreadSync(deps, store, () => void actions?.resend())

  let built: { content: Content; now: number; tree: Tree } | undefined
  /** Built again only when something it depends on has changed. */
  const tree = (): Tree => {
    const { content } = store
    const now = deps.now()
    if (built?.content !== content || built.now !== now) built = { content, now, tree: buildTree(content, now) }
    return built.tree
  }

  const removeListeners = [
    client.onReaderChange((reader) => {
      const isOther = store.content.reader?.id !== reader?.id
      store.updateContent({
        reader,
        ...(isOther && {
          ownReactions: new Map(),
          outbox: store.content.outbox.filter(({ state }) => state !== 'pending'),
        }),
      })
      // A guest who has just given a name has nothing in the thread yet. Any other reader may.
      if (isOther && reader && reader.role !== 'guest' && store.status.phase === 'ready')
        sync.sortBy(store.content.sort).catch(() => {})
    }),
    client.onConnectionChange((connection) => {
      store.updateStatus({ connection })
      if (connection === 'live' || connection === 'polling') void actions?.resend()
    }),
  ]

  /** An action of the reader that waits until the actions are loaded. */
  const whenLoaded =
    <A extends unknown[], R>(method: (actions: ReaderActions) => (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> =>
      method(await loadActions())(...args)

  const own = {
    page: deps.page,
    get presence() {
      const { count, typing } = store.status.presence
      const self = typing.indexOf(store.content.reader?.name ?? '')
      return { count, typing: typing.filter((_, i) => i !== self) }
    },
    get newCount() {
      return store.content.queued.size
    },
    get hasDraft() {
      return Boolean((readJson(deps.storage, names.drafts) as { readonly ''?: unknown } | null)?.[''])
    },
    setSort: sync.sortBy,
    loadMore: sync.loadMore,
    loadReplies: sync.loadReplies,
    showNew: sync.showNew,
    async retryLoad() {
      store.updateStatus({ phase: 'loading', error: null })
      await start()
    },
    async signIn(name: string) {
      await client.signInAsGuest(name)
    },
    signOut: () => client.signOut(),
    async prepare() {
      await loadActions()
    },
    send: whenLoaded(({ send }) => send),
    retry: (key: string) => actions?.retry(key),
    discard: (key: string) => actions?.discard(key),
    edit: whenLoaded(({ edit }) => edit),
    source: whenLoaded(({ source }) => source),
    remove: (id: string) =>
      void loadActions()
        .then(({ remove }) => remove(id))
        .catch(reportError),
    undoRemove: (id: string) => actions?.undoRemove(id),
    toggleReaction: whenLoaded(({ toggleReaction }) => toggleReaction),
    preview: whenLoaded(({ preview }) => preview),
    typing: () => client.sendTyping(store.status.threadId),
    permalink: (id: string) => permalinkOf(deps.href(), id),
    draft: (parentId: string | null) => ({ body: actions?.drafts.get(parentId) ?? '' }),
    saveDraft: (parentId: string | null, body: string) => actions?.drafts.set(parentId, body),
  }

  const view: ThreadView = forwardProperties(
    own,
    () => store.status,
    () => store.content,
    () => store.content.serverState,
    tree,
  )

  const start = async (): Promise<void> => {
    await sync.load()
    if (!closed && store.status.phase === 'ready' && deps.storage.get(names.outbox) !== null)
      await loadActions()
        .then(({ resume }) => resume())
        .catch(reportError)
  }

  return {
    view,
    start,
    focus: sync.focus,
    flush: () => actions?.flush(),
    close() {
      closed = true
      actions?.flush()
      actions?.close()
      sync.close()
      for (const remove of removeListeners) remove()
    },
  }
}
