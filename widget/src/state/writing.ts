import { createAlarm, type Errors } from './alarm.ts'
import { addComments } from './apply.ts'
import { createDrafts, type Drafts } from './drafts.ts'
import { addGone } from './own-facts.ts'
import { createReactions } from './reactions.ts'
import { createRemovals } from './removal.ts'
import { createSending, type Sending } from './sending.ts'
import { commentOf, type Store, toggled } from './store.ts'
import type { ThreadDeps } from './thread-deps.ts'

/** What a reader does to a thread; loaded after the thread is drawn. */
export type Writing = Sending & {
  readonly drafts: Drafts
  edit(id: string, body: string): Promise<void>
  source(id: string): Promise<string>
  remove(id: string): void
  undoRemove(id: string): void
  toggleReaction(id: string, kind: string): Promise<void>
  preview(body: string): Promise<string>
  /** Finish what must not wait: the page is being left. */
  flush(): void
}

/** Connects the reader's actions with the view's state. `check`: see whether the service can store anything. */
export const createWriting = (
  deps: ThreadDeps,
  store: Store,
  names: { readonly drafts: string; readonly outbox: string },
  errors: Errors,
  check: () => void,
): Writing => {
  const { client } = deps
  const drafts = createDrafts(deps.storage, names.drafts)
  /** The last preview, so that an entry on its way looks as it will. */
  let previewed = { body: '', html: '' }

  const alarm = createAlarm(deps, store, errors)
  const htmlOf = (body: string): string | null => (body === previewed.body ? previewed.html : null)
  const sending = createSending(deps, store, drafts, names.outbox, htmlOf, alarm, check)
  const address = (comment: string) => ({ thread: store.status.threadId, comment })

  const setLeaving = (id: string, leaving: boolean): void =>
    store.patch({ leaving: toggled(store.content.leaving, id, leaving) })

  const removeNow = async (id: string): Promise<void> => {
    try {
      const { tombstone, seq } = await client.deleteComment(address(id))
      const { facts } = store.content
      store.patch({ facts: tombstone ? addComments(facts, [tombstone], seq) : addGone(facts, id, seq) })
    } catch (error) {
      alarm.raise(error)
    }
    setLeaving(id, false)
  }
  const removals = createRemovals((id) => void removeNow(id))

  return {
    ...sending,
    drafts,
    async edit(id, body) {
      const { comment } = await client.editComment({ ...address(id), body })
      store.patch({ facts: addComments(store.content.facts, [comment], comment.seq) })
    },
    source: async (id) => commentOf(store, id)?.body ?? (await client.comment(address(id))).comment.body ?? '',
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
      const html = await client.preview(body)
      previewed = { body, html }
      return html
    },
    flush() {
      removals.flush()
      drafts.flush()
    },
    close() {
      sending.close()
      alarm.close()
    },
  }
}
