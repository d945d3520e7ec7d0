import type { Comment, Delta, ServerMessage } from '@repartee/sdk/protocol'
import type { TestNode } from '../../testing/realtime-setup.ts'

/** A whole thread at one position. */
export type Snapshot = {
  readonly head: number
  readonly epoch: string
  readonly comments: readonly Comment[]
  readonly commentCount: number
  readonly closed: boolean
}

type View = { comments: Map<string, Comment>; commentCount: number; closed: boolean }

/** A reader's page that follows the protocol over a network with latency; shares no code with the product. */
export const createClient = (o: {
  thread: string
  /** Calls back at once or later. */
  snapshot: (take: (snapshot: Snapshot) => void) => void
  latencyMs: () => number
  /** Called with every state of a comment that the view applies. */
  onApply: (comment: Comment, delta: Delta) => void
}) => {
  let view: View = { comments: new Map(), commentCount: 0, closed: false }
  let position: { since: number; epoch: string } | null = null
  let connection: ReturnType<TestNode['connect']> | null = null
  let ref = 1
  /** The `ref` of the subscription that waits for its answer. */
  let pendingRef: number | null = null
  const problems: string[] = []

  /** Load a snapshot, then subscribe from its position. */
  const load = (): void => {
    const opened = connection
    pendingRef = null
    o.snapshot((now) => {
      if (connection !== opened) return
      view = {
        comments: new Map(now.comments.map((comment) => [comment.id, comment])),
        commentCount: now.commentCount,
        closed: now.closed,
      }
      position = { since: now.head, epoch: now.epoch }
      subscribe()
    })
  }

  const subscribe = (): void => {
    if (connection === null || pendingRef !== null) return
    ref += 1
    pendingRef = ref
    connection.send({ type: 'subscribe', ref, thread: o.thread, ...position })
  }

  const apply = (delta: Delta): void => {
    for (const change of delta.changes) {
      if (change.type === 'thread') {
        view.closed = change.closed
        continue
      }
      const id = change.type === 'comment' ? change.comment.id : change.id
      const had = view.comments.get(id)
      if (had !== undefined && had.seq > change.seq) continue
      if (change.type === 'comment.gone') view.comments.delete(id)
      else if (change.type === 'comment') view.comments.set(id, change.comment)
      else if (had !== undefined) view.comments.set(id, { ...had, seq: change.seq, reactions: change.reactions })
      const has = view.comments.get(id)
      if (has !== undefined) o.onApply(has, delta)
    }
    for (const [id, replyCount] of Object.entries(delta.replyCounts)) {
      const has = view.comments.get(id)
      if (has !== undefined) view.comments.set(id, { ...has, replyCount })
    }
    view.commentCount = delta.commentCount
  }

  const sayHello = (): void => connection?.send({ type: 'hello', ref: 1, site: 'demo', version: 1 })

  const onError = (about: number | undefined, code: string): void => {
    if (code !== 'unavailable') problems.push(code)
    const opened = connection
    const again = about === 1 ? sayHello : subscribe
    if (about === pendingRef) pendingRef = null
    setTimeout(() => {
      if (connection === opened) again()
    }, 500)
  }

  const onMessage = (message: ServerMessage): void => {
    if (message.type === 'welcome') {
      if (position === null) load()
      else subscribe()
    } else if (message.type === 'ok') {
      if (message.ref === pendingRef) pendingRef = null
    } else if (message.type === 'error') onError(message.ref, message.error.code)
    else if (message.type === 'reload') load()
    else if (message.type === 'delta' && position !== null && position.since < message.to) {
      if (position.since < message.from) subscribe()
      else {
        apply(message)
        position = { ...position, since: message.to }
      }
    }
  }

  return {
    problems,
    get position() {
      return position?.since ?? null
    },
    get connected() {
      return connection !== null
    },
    view: () => ({
      comments: [...view.comments.values()].sort((a, b) => a.createdSeq - b.createdSeq),
      commentCount: view.commentCount,
      closed: view.closed,
    }),
    cut() {
      connection?.cut()
      connection = null
      pendingRef = null
    },
    connect(node: TestNode) {
      this.cut()
      const opened = node.connect((frame) => {
        // In order, as on one connection; frames in flight when it is cut are lost.
        const at = Math.max(lastAt, Date.now() + o.latencyMs())
        lastAt = at
        setTimeout(() => {
          if (connection === opened) onMessage(JSON.parse(frame))
        }, at - Date.now())
      })
      let lastAt = 0
      connection = opened
      sayHello()
    },
  }
}
