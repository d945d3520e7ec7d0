import type { Status } from '@repartee/sdk/protocol'

export type ModelComment = {
  readonly id: string
  readonly parentId: string | null
  readonly rootId: string
  readonly createdSeq: number
  seq: number
  status: Status
  deleted: boolean
  tombstone: boolean
  published: boolean
  body: string
  readonly reactions: Map<string, Set<string>>
}

/** A naive model of a thread: counts are computed each time, and nothing is stored twice. */
export const createModel = () => {
  const comments = new Map<string, ModelComment>()
  const keys = new Set<string>()
  const state = { head: 0, closed: false }

  const isListed = (comment: ModelComment): boolean =>
    comment.status === 'approved' && (!comment.deleted || comment.tombstone)
  const listed = (): ModelComment[] => [...comments.values()].filter(isListed)
  /** For a root, every listed reply below it; for a reply, its direct replies. */
  const replyCount = (of: ModelComment): number =>
    listed().filter(({ id, parentId, rootId }) =>
      of.parentId === null ? rootId === of.id && id !== of.id : parentId === of.id,
    ).length
  const alive = (id: string): ModelComment | null => {
    const comment = comments.get(id)
    return comment === undefined || comment.deleted ? null : comment
  }
  const touch = (comment: ModelComment): void => {
    state.head += 1
    comment.seq = state.head
    comment.published ||= isListed(comment)
  }

  return {
    state,
    comments,
    isListed,
    replyCount,
    commentCount: (): number => listed().filter(({ deleted }) => !deleted).length,
    insert: (
      rows: readonly {
        id: string
        parentId: string | null
        rootId: string
        authorId: string
        key: string
        status: Status
        body: string
      }[],
    ) => {
      const before = new Map(comments)
      const stored: string[] = []
      for (const { id, parentId, rootId, authorId, key, status, body } of rows) {
        const parent = parentId === null ? null : before.get(parentId)
        const fits = parent === null || (parent !== undefined && isListed(parent) && !parent.deleted)
        if (state.closed || !fits || keys.has(authorId + key)) continue
        keys.add(authorId + key)
        const comment: ModelComment = {
          ...{ id, parentId, rootId, status, body, seq: 0, createdSeq: state.head + 1 },
          ...{ deleted: false, tombstone: false, published: false, reactions: new Map() },
        }
        touch(comment)
        comments.set(id, comment)
        stored.push(id)
      }
      return stored
    },
    edit: (id: string, body: string, status: Status): boolean => {
      const comment = alive(id)
      if (comment === null) return false
      Object.assign(comment, { body, status: comment.status === 'approved' ? status : comment.status })
      touch(comment)
      return true
    },
    review: (id: string, status: Status): boolean => {
      const comment = alive(id)
      if (comment === null || comment.status === status) return false
      comment.status = status
      touch(comment)
      return true
    },
    remove: (id: string): boolean => {
      const comment = alive(id)
      if (comment === null) return false
      comment.tombstone = isListed(comment) && replyCount(comment) > 0
      Object.assign(comment, { deleted: true, body: '' })
      touch(comment)
      return true
    },
    react: (id: string, authorId: string, kind: string, on: boolean): boolean => {
      const comment = alive(id)
      if (comment === null || !isListed(comment)) return false
      const readers = comment.reactions.get(kind) ?? new Set()
      if (readers.has(authorId) === on) return false
      if (on) readers.add(authorId)
      else readers.delete(authorId)
      comment.reactions.set(kind, readers)
      touch(comment)
      return true
    },
    close: (closed: boolean): void => {
      if (state.closed === closed) return
      state.closed = closed
      state.head += 1
    },
  }
}

export type Model = ReturnType<typeof createModel>
