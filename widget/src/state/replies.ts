import type { Client, Comment } from '@repartee/sdk'
import { addComments } from './apply.ts'
import { release } from './scene.ts'
import { type Store, toggled } from './store.ts'

export type RepliesLoader = {
  /** Load the next replies of a root that are not known yet. */
  more(rootId: string): Promise<void>
  /** What was loaded this way, as it is now; for a reload that must not fold anything up. */
  again(): Promise<Comment[]>
}

/** Loads the replies a page of roots leaves out. */
export const createReplies = (client: Client, store: Store, signal: AbortSignal): RepliesLoader => {
  /** How far each root's replies were loaded; a cursor of `null` stands behind the last page. */
  const reached = new Map<string, { readonly cursor: string | null; readonly pages: number }>()

  const page = (rootId: string, cursor: string | null) =>
    client.replies({ thread: store.status.threadId, comment: rootId, signal, ...(cursor !== null && { cursor }) })

  return {
    async more(rootId) {
      if (store.content.loadingReplies.has(rootId)) return
      store.patch({ loadingReplies: toggled(store.content.loadingReplies, rootId, true) })
      try {
        // The first pages may hold nothing but what the thread's own page has brought.
        for (let isNew = false; !isNew; ) {
          const { cursor = null, pages = 0 } = reached.get(rootId) ?? {}
          const { comments, next, mine = {} } = await page(rootId, cursor)
          reached.set(rootId, { cursor: next, pages: pages + 1 })
          const { content } = store
          isNew = next === null || comments.some(({ id }) => !content.facts.rows.get(id)?.comment)
          store.patch({
            ...release(content, new Set(comments.map(({ id }) => id))),
            facts: addComments(content.facts, comments, 0),
            mine: new Map([...content.mine, ...Object.entries(mine)]),
            complete: next === null ? toggled(content.complete, rootId, true) : content.complete,
          })
        }
      } finally {
        store.patch({ loadingReplies: toggled(store.content.loadingReplies, rootId, false) })
      }
    },
    async again() {
      const found: Comment[] = []
      for (const [rootId, { pages }] of reached) {
        let cursor: string | null = null
        for (let i = 0; i < pages && (i === 0 || cursor !== null); i += 1) {
          const { comments, next } = await page(rootId, cursor)
          found.push(...comments)
          cursor = next
        }
        reached.set(rootId, { cursor, pages })
      }
      return found
    },
  }
}
