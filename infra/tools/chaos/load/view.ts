import type { Change, Comment, Delta } from '@repartee/sdk/protocol'

/** What a reader sees of one comment. */
export type Shown = {
  readonly id: string
  readonly createdSeq: number
  readonly parentId: string | null
  readonly deleted: boolean
  readonly html: string
  readonly seq: number
  readonly reactions: Readonly<Record<string, number>>
  readonly replyCount: number
}

/** Called with every state of a comment that a reader sees. */
export type Witness = (id: string, html: string) => void

/** One reader's view of one thread, built only by the rules of the wire protocol. */
export type View = {
  /** Add a comment from a page that was read when the thread was at `head` or later. */
  see(comment: Comment, head: number): void
  apply(delta: Delta): void
  readonly commentCount: number
  setCommentCount(count: number): void
  /** In order of creation. */
  shown(): Shown[]
}

type Counted = { readonly at: number; readonly replies: number }

/** Create an empty view. */
export const createView = (witness: Witness): View => {
  const comments = new Map<string, Omit<Shown, 'replyCount'>>()
  const gone = new Map<string, number>()
  const counts = new Map<string, Counted>()
  /** Reaction totals that arrived before their comment. */
  const early = new Map<string, { readonly seq: number; readonly reactions: Record<string, number> }>()
  let commentCount = 0

  const see = ({ id, seq, html, ...rest }: Comment): void => {
    witness(id, html)
    if ((comments.get(id)?.seq ?? -1) > seq || (gone.get(id) ?? -1) > seq) return
    const { createdSeq, parentId, deletedAt, reactions } = rest
    const totals = early.get(id)
    early.delete(id)
    const newer = totals !== undefined && totals.seq > seq ? totals : { seq, reactions }
    comments.set(id, { id, html, createdSeq, parentId, deleted: deletedAt !== undefined, ...newer })
  }

  const count = (id: string, at: number, replies: number): void => {
    if ((counts.get(id)?.at ?? -1) <= at) counts.set(id, { at, replies })
  }

  const change = (one: Change): void => {
    if (one.type === 'comment') see(one.comment)
    if (one.type === 'comment.gone') {
      if ((comments.get(one.id)?.seq ?? -1) <= one.seq) comments.delete(one.id)
      gone.set(one.id, one.seq)
    }
    if (one.type === 'reactions') {
      const known = comments.get(one.id)
      if (known === undefined) early.set(one.id, one)
      else if (known.seq <= one.seq) comments.set(one.id, { ...known, seq: one.seq, reactions: one.reactions })
    }
  }

  return {
    see(comment, head) {
      see(comment)
      count(comment.id, head, comment.replyCount)
    },
    apply(delta) {
      for (const one of delta.changes) {
        change(one)
        if (one.type === 'comment') count(one.comment.id, one.seq, one.comment.replyCount)
      }
      for (const [id, replies] of Object.entries(delta.replyCounts)) count(id, delta.to, replies)
      commentCount = delta.commentCount
    },
    get commentCount() {
      return commentCount
    },
    setCommentCount(value) {
      commentCount = value
    },
    shown: () =>
      [...comments.values()]
        .map((comment) => ({ ...comment, replyCount: counts.get(comment.id)?.replies ?? 0 }))
        .sort((a, b) => a.createdSeq - b.createdSeq),
  }
}
