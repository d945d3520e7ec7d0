import { type Client, ReparteeError } from '@repartee/sdk'
import { mergeComments } from './server-state.ts'
import { findComment, type Store } from './view-store.ts'
import { showQueued } from './visibility.ts'

export type PermalinkLoader = {
  /** Make sure that a comment is drawn. Its ancestors are loaded if it is on no loaded page. Rejects if it is gone. */
  ensureDrawn(id: string): Promise<void>
  /** Follow a permalink: the same, and the reader is taken to the comment. */
  focus(id: string): Promise<void>
}

/** Follows permalinks. */
export const createPermalinkLoader = (client: Client, store: Store, signal: AbortSignal): PermalinkLoader => {
  const ensureDrawn = async (id: string): Promise<void> => {
    const { content, status } = store
    if (content.queued.has(id)) store.updateContent(showQueued(content, content.serverState.rows))
    const known = findComment(store, id)
    const { shownRoots, linkedRoot } = store.content
    if (known && (shownRoots.includes(known.rootId) || linkedRoot === known.rootId)) return
    const { comment, ancestors } = await client.getComment({ thread: status.threadId, comment: id, signal })
    const now = store.content
    store.updateContent({
      serverState: mergeComments(now.serverState, [...ancestors, comment], 0),
      linkedRoot: now.shownRoots.includes(comment.rootId) ? null : comment.rootId,
    })
  }

  return {
    ensureDrawn,
    async focus(id) {
      // Cleared first, so that following the same link twice is noticed.
      store.updateStatus({ focusedId: null })
      try {
        await ensureDrawn(id)
        store.updateStatus({ focusedId: id })
      } catch (error) {
        // A link to a comment that is gone shows the thread.
        if (!(error instanceof ReparteeError)) throw error
      }
    },
  }
}
