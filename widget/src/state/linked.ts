import { type Client, ReparteeError } from '@repartee/sdk'
import { addComments } from './apply.ts'
import { showHeld } from './scene.ts'
import { commentOf, type Store } from './store.ts'

export type Linked = {
  /** Have a comment drawn, with its ancestors when it is on no loaded page; rejects when there is none. */
  bring(id: string): Promise<void>
  /** The same for a permalink, which names the comment the reader is led to. */
  focus(id: string): Promise<void>
}

/** Follows permalinks. */
export const createLinked = (client: Client, store: Store, signal: AbortSignal): Linked => {
  const bring = async (id: string): Promise<void> => {
    const { content, status } = store
    if (content.held.has(id)) store.patch(showHeld(content, content.facts.rows))
    const known = commentOf(store, id)
    if (known && (store.content.shown.includes(known.rootId) || store.content.linkedRoot === known.rootId)) return
    const { comment, ancestors } = await client.comment({ thread: status.threadId, comment: id, signal })
    const { facts, shown } = store.content
    store.patch({
      facts: addComments(facts, [...ancestors, comment], 0),
      linkedRoot: shown.includes(comment.rootId) ? null : comment.rootId,
    })
  }

  return {
    bring,
    async focus(id) {
      // Away first: following the same link again must be noticed.
      store.note({ focusedId: null })
      try {
        await bring(id)
        store.note({ focusedId: id })
      } catch (error) {
        // A link to a comment that is gone shows the thread.
        if (!(error instanceof ReparteeError)) throw error
      }
    },
  }
}
