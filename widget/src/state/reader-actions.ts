import { createDrafts, type Drafts } from './drafts.ts'
import { createErrorAlert, type ErrorTexts } from './error-alert.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { markGone } from './own-changes.ts'
import { createReactions } from './reactions.ts'
import { createRemovals } from './removal.ts'
import { mergeComments } from './server-state.ts'
import type { ThreadDeps } from './thread-deps.ts'
import { findComment, type Store, withId } from './view-store.ts'

/** Everything a reader can do to a thread. Loaded after the thread is drawn. */
export type ReaderActions = Outbox & {
  readonly drafts: Drafts
  edit(id: string, body: string): Promise<void>
  source(id: string): Promise<string>
  remove(id: string): void
  undoRemove(id: string): void
  toggleReaction(id: string, kind: string): Promise<void>
  preview(body: string): Promise<string>
  /** Finish what must not wait: the reader is leaving the page. */
  flush(): void
}

type StorageNames = { readonly drafts: string; readonly outbox: string }

/** Connect the reader's actions with the view's state. `checkStale` finds out whether the service can store anything. */
export const createReaderActions = (
  deps: ThreadDeps,
  store: Store,
  names: StorageNames,
  texts: ErrorTexts,
  checkStale: () => void,
): ReaderActions => {
  const { client } = deps
  const drafts = createDrafts(deps.storage, names.drafts)
  /** The last preview, so that an entry looks right while it is being sent. */
  let lastPreview = { body: '', html: '' }

  const alert = createErrorAlert(deps, store, texts)
  const previewOf = (body: string): string | null => (body === lastPreview.body ? lastPreview.html : null)
  const outbox = createOutbox({ ...deps, store, drafts, name: names.outbox, previewOf, alert, checkStale })
  const address = (comment: string) => ({ thread: store.status.threadId, comment })

  const setLeaving = (id: string, isLeaving: boolean): void =>
    store.updateContent({ leaving: withId(store.content.leaving, id, isLeaving) })

  const removeNow = async (id: string): Promise<void> => {
    try {
      const { tombstone, seq } = await client.deleteComment(address(id))
      const { serverState } = store.content
      store.updateContent({
        serverState: tombstone ? mergeComments(serverState, [tombstone], seq) : markGone(serverState, id, seq),
      })
    } catch (error) {
      alert.show(error)
    }
    setLeaving(id, false)
  }
  const removals = createRemovals((id) => void removeNow(id))

  return {
    ...outbox,
    drafts,
    async edit(id, body) {
      const { comment } = await client.editComment({ ...address(id), body })
      store.updateContent({ serverState: mergeComments(store.content.serverState, [comment], comment.seq) })
    },
    source: async (id) => findComment(store, id)?.body ?? (await client.getComment(address(id))).comment.body ?? '',
    remove(id) {
      setLeaving(id, true)
      removals.start(id)
    },
    undoRemove(id) {
      removals.undo(id)
      setLeaving(id, false)
    },
    toggleReaction: createReactions(client, store),
    async preview(body) {
      const html = await client.renderPreview(body)
      lastPreview = { body, html }
      return html
    },
    flush() {
      removals.flush()
      drafts.flush()
    },
    close() {
      outbox.close()
      alert.close()
    },
  }
}
