import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '@repartee/sdk'
import { newId, ReparteeError } from '@repartee/sdk/protocol'
import type { Ledger } from './ledger.ts'
import type { PostedThread } from './posters.ts'

/** What the author of one comment knows of its text. */
export type Edited = {
  readonly thread: string
  /** The text of the last acknowledged edit, or of the comment itself. */
  acknowledged: string
  /** Every text ever sent for it; an edit whose answer was lost may still have been stored. */
  readonly sent: string[]
  deletion: 'none' | 'asked' | 'acknowledged'
  /** Highest acknowledged seq. */
  seq: number
}

/** By comment id. */
export type Edits = ReadonlyMap<string, Edited>

export type Editor = {
  readonly edits: Edits
  /** Resolves when the current action has ended. */
  finish(): Promise<void>
}

const KINDS = ['like', 'love', 'laugh', 'wow', 'sad']
const EVERY_MS = 600
/** The errors for a reply whose parent was deleted in the meantime. */
const PARENT_GONE: ReadonlySet<string> = new Set(['parent_unavailable', 'parent_not_found'])

/** Refusals that are correct here: the comment was deleted meanwhile, or the service asked to wait. */
const EXPECTED: ReadonlySet<string> = new Set([
  'unavailable',
  'rate_limited',
  'comment_deleted',
  'comment_not_found',
  ...PARENT_GONE,
])

/** Start an SDK client that posts, edits, deletes and reacts in one thread, one action after the other. */
export const startEditor = (o: {
  client: Client
  thread: PostedThread
  name: string
  ledger: Ledger
  /** Ids of comments to reply and react to. */
  others: () => readonly string[]
}): Editor => {
  const { client, ledger } = o
  const thread = o.thread.id
  const edits = new Map<string, Edited>()
  let finishing = false

  const some = <T>(items: readonly T[]): T | undefined => items[Math.floor(Math.random() * items.length)]
  const own = (): [string, Edited] | undefined =>
    some([...edits].filter(([, { deletion }]) => deletion === 'none').slice(-20))

  const create = async (text: string): Promise<void> => {
    const key = newId()
    const parentId = Math.random() < 0.4 ? (some(o.others()) ?? null) : null
    ledger.ask(key, thread, text)
    // The SDK gives up after a while. A reader would then press send again, with the same key.
    for (let tries = 0; ; tries += 1) {
      try {
        const { comment } = await client.createComment({ thread, key, body: text, parentId })
        ledger.acknowledge(key, comment.id, comment.createdSeq)
        edits.set(comment.id, { thread, acknowledged: text, sent: [text], deletion: 'none', seq: comment.seq })
        return
      } catch (error) {
        if (error instanceof ReparteeError && PARENT_GONE.has(error.code)) ledger.decline(key)
        if (!(error instanceof ReparteeError && error.retryable) || tries > 3) throw error
        ledger.retry(`sdk ${error.code}`)
      }
    }
  }

  const act = async (number: number): Promise<void> => {
    const chance = Math.random()
    const mine = own()
    if (chance < 0.4 || mine === undefined) return create(`${o.name} said ${number}`)
    const [comment, edited] = mine
    if (chance < 0.6) {
      const target = some(o.others()) ?? comment
      await client.addReaction({ thread, comment: target, kind: some(KINDS) ?? 'like' })
    } else if (chance < 0.9) {
      const body = `${o.name} meant ${number}`
      edited.sent.push(body)
      const answer = await client.editComment({ thread, comment, body })
      edited.acknowledged = body
      edited.seq = answer.comment.seq
    } else {
      edited.deletion = 'asked'
      await client.deleteComment({ thread, comment })
      edited.deletion = 'acknowledged'
    }
  }

  const run = async (): Promise<void> => {
    for (let number = 1; !finishing; number += 1) {
      await pause(EVERY_MS * (0.5 + Math.random()))
      if (finishing) return
      try {
        await act(number)
      } catch (error) {
        const code = error instanceof ReparteeError ? error.code : String(error)
        if (!EXPECTED.has(code)) ledger.refuse(`${o.name}: ${code}`)
        ledger.retry(`sdk gave up: ${code}`)
      }
    }
  }
  const running = run()
  return {
    edits,
    async finish() {
      finishing = true
      await running
    },
  }
}
