import { newId } from '@repartee/sdk/protocol'
import type { NewComment } from '../src/core/ports/comment-store.ts'
import type { Store } from '../src/core/ports/store.ts'
import type { StoredComment } from '../src/core/stored-comment.ts'

export const AT = Date.UTC(2026, 0, 15, 12, 30, 15, 678)

/** A new approved root by a new author, with the given changes. */
export const comment = (change: Partial<NewComment> = {}): NewComment => {
  const id = newId()
  return {
    id,
    parentId: null,
    rootId: id,
    depth: 0,
    authorId: newId(),
    authorName: 'Ada',
    authorRole: 'guest',
    key: newId(),
    keyDigest: 'digest',
    status: 'approved',
    body: 'a *body*',
    html: '<p>a <em>body</em></p>',
    bodyDigest: 'a body',
    createdAt: AT,
    ...change,
  }
}

export const replyTo = (
  parent: Pick<StoredComment, 'id' | 'rootId' | 'depth'>,
  change: Partial<NewComment> = {},
): NewComment => comment({ parentId: parent.id, rootId: parent.rootId, depth: parent.depth + 1, ...change })

/** A thread of a new site, and the store's methods for it. */
export const openScene = async (store: Store, siteId: string = newId()) => {
  const thread = await store.threads.open({
    siteId,
    id: newId(),
    page: `/${newId()}`,
    url: 'https://blog.example/a',
    title: 'A',
    nowAt: AT,
  })
  const at = { siteId, threadId: thread.id }
  const insert = (...comments: NewComment[]) => store.comments.insert(siteId, thread.id, comments)
  return {
    ...at,
    page: thread.page,
    insert,
    /** Store one comment; throws if it is not stored. */
    add: async (added: NewComment): Promise<StoredComment> => one((await insert(added))?.comments),
    find: (id: string) => store.comments.find(siteId, thread.id, id),
    thread: async () => present(await store.threads.find(siteId, thread.id)),
    edit: (id: string, change: { body?: string; status?: StoredComment['status'] } = {}) =>
      store.comments.edit({
        ...at,
        id,
        body: change.body ?? 'edited',
        html: `<p>${change.body ?? 'edited'}</p>`,
        bodyDigest: change.body ?? 'edited',
        status: change.status ?? 'approved',
        revisionId: newId(),
        nowAt: AT + 1_000,
      }),
    remove: (id: string) => store.comments.remove({ ...at, id, nowAt: AT + 2_000 }),
    review: (id: string, status: StoredComment['status']) => store.comments.review({ ...at, id, status }),
    react: (commentId: string, authorId: string, kind: string, on = true) =>
      store.reactions.set({ ...at, commentId, authorId, kind, on, nowAt: AT }),
    changedSince: (since: number, limit = 500) => store.comments.changedSince({ ...at, since, limit }),
  }
}

export type Scene = Awaited<ReturnType<typeof openScene>>

export const present = <T>(value: T | null | undefined): T => {
  if (value === null || value === undefined) throw new Error('expected a value')
  return value
}

export const one = <T>(values: readonly T[] | undefined): T => {
  if (values?.length !== 1) throw new Error(`expected one value, not ${values?.length}`)
  return present(values[0])
}
