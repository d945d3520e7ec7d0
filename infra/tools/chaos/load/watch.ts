import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '@repartee/sdk'
import type { Comment, Snapshot } from '@repartee/sdk/protocol'
import { createView, type View, type Witness } from './view.ts'

/** One subscription of one reader to one thread. */
export type Watch = {
  readonly thread: string
  /** Seq up to which it has received changes; -1 before the first page. Other pages may still be loading. */
  readonly heard: number
  /** The same once every page is loaded; -1 before. */
  readonly position: number
  readonly view: View
  /** How often the service told it to reload. */
  readonly reloads: number
  /** Discard everything and load the thread from the beginning. */
  again(): void
  close(): void
}

const PAGE = 100
const RETRY_MS = 500

/** Open a thread and follow it, as the widget does, but read all of its pages. */
export const startWatch = (o: {
  client: Client
  page: string
  thread: string
  witness: Witness
  /** Called when a delta does not follow the one before. */
  onBroken: (what: string) => void
}): Watch => {
  const { client, page } = o
  let view = createView(o.witness)
  let subscription: { readonly position: number; close(): void } | undefined
  let loaded = false
  let reloads = 0
  let closed = false
  /** Number of the latest load. An earlier load that is still running is ignored. */
  let generation = 0

  const follow = (own: View, { thread }: Snapshot): void => {
    let position = thread.head
    subscription = client.subscribe(
      { thread: thread.id, since: thread.head, epoch: thread.epoch },
      {
        onDelta(delta) {
          if (delta.from !== position) o.onBroken(`${o.thread}: a delta from ${delta.from} came at ${position}`)
          position = delta.to
          own.apply(delta)
        },
        onReload() {
          reloads += 1
          again()
        },
        onPresence: () => undefined,
      },
    )
  }

  const readReplies = async (own: View, comments: readonly Comment[], head: number): Promise<void> => {
    for (const root of comments.filter((comment) => comment.parentId === null)) {
      const known = comments.filter((comment) => comment.rootId === root.id).length - 1
      if (known >= root.replyCount) continue
      for (let cursor: string | null = ''; cursor !== null; ) {
        const query = { thread: o.thread, comment: root.id, ...(cursor !== '' && { cursor }) }
        const replies = await client.getReplies(query)
        for (const reply of replies.comments) own.see(reply, head)
        cursor = replies.next
      }
    }
  }

  /** Read the whole thread. Resolves with false if a page is older than the subscription's start, or stale. */
  const load = async (current: () => boolean): Promise<boolean> => {
    const own = createView(o.witness)
    const first = await client.getSnapshot({ page, sort: 'oldest', limit: PAGE })
    if (!current() || first.stale === true) return false
    view = own
    own.setCommentCount(first.thread.commentCount)
    follow(own, first)
    for (let snapshot = first; ; ) {
      for (const comment of snapshot.comments) own.see(comment, snapshot.thread.head)
      await readReplies(own, snapshot.comments, snapshot.thread.head)
      if (snapshot.next === null) return true
      snapshot = await client.getSnapshot({ page, sort: 'oldest', limit: PAGE, cursor: snapshot.next })
      if (!current() || snapshot.stale === true || snapshot.thread.head < first.thread.head) return false
    }
  }

  const again = (): void => {
    generation += 1
    const mine = generation
    const current = (): boolean => mine === generation && !closed
    loaded = false
    void (async () => {
      while (current()) {
        subscription?.close()
        const whole = await load(current).catch(() => false)
        if (!current()) return
        if (whole) {
          loaded = true
          return
        }
        await pause(RETRY_MS)
      }
    })()
  }

  again()
  return {
    thread: o.thread,
    get heard() {
      return subscription?.position ?? -1
    },
    get position() {
      return loaded ? (subscription?.position ?? -1) : -1
    },
    get view() {
      return view
    },
    get reloads() {
      return reloads
    },
    again,
    close() {
      closed = true
      subscription?.close()
    },
  }
}
