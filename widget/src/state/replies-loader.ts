import type { Client, Comment } from '@repartee/sdk'
import { mergeComments } from './server-state.ts'
import { type Store, withId } from './view-store.ts'
import { clearHidden } from './visibility.ts'

export type RepliesLoader = {
  /** Load the next replies of a root that are not known yet. */
  loadMore(rootId: string): Promise<void>
  /** Fetch again every page loaded this way. A reload uses it so that no conversation collapses. */
  reloadAll(): Promise<Comment[]>
}

/** Loads the replies that a page of roots leaves out. */
export const createRepliesLoader = (client: Client, store: Store, signal: AbortSignal): RepliesLoader => {
  /** How far each root's replies are loaded. After the last page the cursor is `null`. */
  const progress = new Map<string, { readonly cursor: string | null; readonly pages: number }>()

  const fetchPage = (rootId: string, cursor: string | null) =>
    client.getReplies({ thread: store.status.threadId, comment: rootId, signal, cursor: cursor ?? undefined })

  const setLoading = (rootId: string, isLoading: boolean): void =>
    store.updateContent({ loadingReplies: withId(store.content.loadingReplies, rootId, isLoading) })

  return {
    async loadMore(rootId) {
      if (store.content.loadingReplies.has(rootId)) return
      setLoading(rootId, true)
      try {
        // The first pages may only repeat the replies that came with the root's own page.
        for (let isNew = false; !isNew; ) {
          const { cursor = null, pages = 0 } = progress.get(rootId) ?? {}
          const { comments, next, mine = {} } = await fetchPage(rootId, cursor)
          progress.set(rootId, { cursor: next, pages: pages + 1 })
          const { content } = store
          isNew = next === null || comments.some(({ id }) => !content.serverState.rows.get(id)?.comment)
          store.updateContent({
            ...clearHidden(content, new Set(comments.map(({ id }) => id))),
            serverState: mergeComments(content.serverState, comments, 0),
            ownReactions: new Map([...content.ownReactions, ...Object.entries(mine)]),
            fullyLoaded: next === null ? withId(content.fullyLoaded, rootId, true) : content.fullyLoaded,
          })
        }
      } finally {
        setLoading(rootId, false)
      }
    },
    async reloadAll() {
      const found: Comment[] = []
      for (const [rootId, { pages }] of progress) {
        let cursor: string | null = null
        for (let i = 0; i < pages && (i === 0 || cursor !== null); i += 1) {
          const { comments, next } = await fetchPage(rootId, cursor)
          found.push(...comments)
          cursor = next
        }
        progress.set(rootId, { cursor, pages })
      }
      return found
    },
  }
}
