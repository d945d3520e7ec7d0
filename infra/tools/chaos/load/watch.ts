import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '@repartee/sdk'
import type { Comment, Snapshot } from '@repartee/sdk/protocol'
import { createView, type View, type Witness } from './view.ts'

/** One subscription of one reader to one thread. */
export type Watch = {
  readonly thread: string
  /** Up to which change it has heard; -1 until the first page is there. Earlier pages may still be on their way. */
  readonly heard: number
  /** The same once every page is there; -1 while it loads. */
  readonly position: number
  readonly view: View
  /** Times it was told to start again. */
  readonly reloads: number
  /** Forget everything and load the thread anew. */
  again(): void
  close(): void
}

const PAGE = 100
const RETRY_MS = 500

/** Open a page and follow it, as the widget does, except that every page of it is read. */
export const startWatch = (o: {
  client: Client
  page: string
  thread: string
  witness: Witness
  /** Told when the service breaks its word about the order of changes. */
  onBroken: (what: string) => void
}): Watch => {
  const { client, page } = o
  let view = createView(o.witness)
  let subscription: { readonly position: number; close(): void } | undefined
  let loaded = false
  let reloads = 0
  let closed = false
  /** Which load is the latest; an earlier one that is still under way is of no interest. */
  let generation = 0

  const follow = (own: View, { thread }: Snapshot): void => {
    let position = thread.head
    subscription = client.subscribe(
      { thread: thread.id, since: thread.head, epoch: thread.epoch },
      {
        onDelta(delta) {
          if (delta.from !== position) o.onBroken(`${o.thread}: changes after ${delta.from} at ${position}`)
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

  /** Whether the whole thread was read; not when a page came from before the position to follow from. */
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
