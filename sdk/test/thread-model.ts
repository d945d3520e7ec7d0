import type { Comment } from '../src/protocol/comment.ts'
import type { Change, Delta } from '../src/protocol/delta.ts'
import type { Changes } from '../src/protocol/http-schemas.ts'

export const THREAD = '019a8e5e-0000-7000-8000-000000000001'
export const EPOCH = '019a8e5e-0000-7000-8000-0000000000ee'
export const READER = { id: '019a8e5e-0000-7000-8000-0000000000aa', name: 'Ada', role: 'guest' } as const

/** The id of the n-th comment. */
export const idOf = (n: number): string => `019a8e5e-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

export type ThreadModel = {
  readonly head: number
  readonly log: readonly Change[]
  epoch: string
  add(body: string): Delta & { comment: Comment }
  /** The delta of a range, as another node would send it again. */
  delta(from: number, to: number): Delta
  changes(since: number, limit?: number): Changes
}

/** A thread as the service stores it: the oracle for what a subscriber must have received. */
export const createThreadModel = (): ThreadModel => {
  const log: Change[] = []
  const model: ThreadModel = {
    epoch: EPOCH,
    log,
    get head() {
      return log.length
    },
    add(body) {
      const seq = log.length + 1
      const comment: Comment = {
        id: idOf(seq),
        threadId: THREAD,
        parentId: null,
        rootId: idOf(seq),
        depth: 0,
        seq,
        createdSeq: seq,
        author: READER,
        html: `<p>${body}</p>`,
        status: 'approved',
        createdAt: 1_790_000_000_000 + seq,
        reactions: {},
        replyCount: 0,
        pinned: false,
      }
      log.push({ type: 'comment', seq, comment })
      return { ...model.delta(seq - 1, seq), comment }
    },
    delta: (from, to) => ({
      thread: THREAD,
      from,
      to,
      changes: log.slice(from, to),
      commentCount: to,
      replyCounts: {},
    }),
    changes(since, limit = 500) {
      const to = Math.max(since, Math.min(log.length, since + limit))
      const { thread: _, ...page } = model.delta(since, to)
      return { ...page, head: Math.max(since, log.length), epoch: model.epoch }
    },
  }
  return model
}
