import { type Author, type Comment, newId, ReparteeError } from '@repartee/sdk'
import { POSTED } from '../timings.ts'
import type { Alarm } from './alarm.ts'
import { addComments } from './apply.ts'
import type { Drafts } from './drafts.ts'
import { forgetEntry, type StoredEntry, storedEntries, storeEntry } from './kept-entries.ts'
import { type Entry, isUnsettled, isWorthRetrying } from './outbox.ts'
import { settle } from './settle.ts'
import type { Store } from './store.ts'
import type { ThreadDeps } from './thread-deps.ts'

/** While the connection looks fine, an entry the service could not take is tried again after 15 s, 30 s … 4 min. */
const RETRY_MS = 15_000
const MAX_DOUBLINGS = 4

/** How far a reader's clock may lag behind the service's when an unfinished entry is looked for among the comments. */
const CLOCK_SKEW_MS = 5 * 60_000

export type Draft = { readonly parentId: string | null; readonly body: string; readonly name?: string }

export type Sending = {
  /** Resolves when the comment is stored or its entry waits to be sent again; rejects with a refusal. */
  send(draft: Draft): Promise<void>
  retry(key: string): void
  discard(key: string): void
  /** Take up what an earlier page left unfinished, under the same keys. */
  resume(): Promise<void>
  /** Send again, in order, whatever the service may take now. */
  resend(): Promise<void>
  close(): void
}

/** Whether asking again could help; else the reader has to change something. */
const mayRetry = (error: unknown): boolean =>
  !(error instanceof ReparteeError) || error.retryable || error.code === 'internal'

/**
 * The reader's comments on their way. `htmlOf`: the service's rendering of a body, if it was previewed. `check`: see
 * whether the service can store anything; when it can again, `resend` is called.
 */
export const createSending = (
  deps: ThreadDeps,
  store: Store,
  drafts: Drafts,
  outboxName: string,
  htmlOf: (body: string) => string | null,
  alarm: Alarm,
  check: () => void,
): Sending => {
  const { client, storage } = deps
  const inFlight = new Set<string>()
  /** One after the other, so that comments are stored in the order they were written in. */
  let queue: Promise<unknown> = Promise.resolve()
  /** When the reader pressed Send, on the page's own clock. */
  const sentAt = new Map<string, number>()
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  const find = (key: string): Entry | undefined => store.content.outbox.find((entry) => entry.key === key)

  const put = (entry: Entry): void => {
    const others = store.content.outbox
    store.patch({
      outbox: find(entry.key) ? others.map((other) => (other.key === entry.key ? entry : other)) : [...others, entry],
    })
  }

  /** Once nothing with this parent is unsettled, the reader's withheld comments are ordinary comments. */
  const release = (parentId: string | null, stored?: Comment): void => {
    const { content } = store
    const isOpen = content.outbox.some((entry) => entry.parentId === parentId && isUnsettled(entry))
    const ids = new Set(stored ? [stored.id] : [])
    for (const id of isOpen ? [] : content.withheld)
      if (content.facts.rows.get(id)?.comment?.parentId === parentId) ids.add(id)
    store.patch(settle(content, content.facts.rows, ids))
  }

  const remove = ({ key, parentId }: StoredEntry, stored?: Comment): void => {
    forgetEntry(storage, outboxName, key)
    store.patch({ outbox: store.content.outbox.filter((entry) => entry.key !== key) })
    release(parentId, stored)
  }

  const becameStored = (entry: StoredEntry, comment: Comment): void => {
    failures = 0
    const start = sentAt.get(entry.key)
    if (start !== undefined) performance.measure(POSTED, { start })
    sentAt.delete(entry.key)
    if (comment.status === 'approved') {
      store.patch({ facts: addComments(store.content.facts, [comment], comment.seq) })
      remove(entry, comment)
    } else {
      forgetEntry(storage, outboxName, entry.key)
      // After a reload the snapshot has brought it already, under the comment's own id.
      const known = store.content.outbox.some(({ commentId, key }) => commentId === comment.id && key !== entry.key)
      if (known) remove(entry)
      else put({ ...entry, html: comment.html, state: 'pending', error: null, commentId: comment.id })
      release(entry.parentId)
    }
    deps.emit('comment', { comment })
  }

  const readerFor = async (name: string | undefined): Promise<Author | null> => {
    const reader = client.reader ?? (await client.restore())
    return reader || name === undefined ? reader : client.signInAsGuest(name)
  }

  const later = (retryAfterMs = 0): void => {
    clearTimeout(timer)
    if (closed) return
    const waitMs = RETRY_MS * 2 ** Math.min(failures, MAX_DOUBLINGS)
    failures += 1
    timer = setTimeout(
      () => {
        // While there is no connection its return is what resends.
        if (client.connection === 'waiting' || client.connection === 'connecting') later()
        else void resend()
      },
      Math.max(retryAfterMs, waitMs),
    )
  }

  /** An earlier entry that could not be stored: what was written later must not come before it. */
  const blockerOf = (key: string): Entry | undefined => {
    const { outbox } = store.content
    const at = outbox.findIndex((entry) => entry.key === key)
    return outbox.find((entry, i) => i < at && isWorthRetrying(entry))
  }

  const attempt = async (entry: StoredEntry, waiting: Entry): Promise<ReparteeError | null> => {
    const { key, parentId, body, name } = entry
    const blocker = blockerOf(key)
    if (blocker || closed) {
      if (blocker) put({ ...waiting, state: 'failed', error: blocker.error })
      return null
    }
    try {
      const reader = await readerFor(name)
      const { comment } = await client.createComment({
        thread: store.status.threadId,
        key,
        parentId,
        body,
        ...(name !== undefined && reader && reader.name !== name && { author: { name } }),
      })
      becameStored(entry, comment)
      return null
    } catch (error) {
      if (closed) return null
      const refusal =
        error instanceof ReparteeError ? error : new ReparteeError('internal', undefined, { cause: error })
      put({ ...waiting, state: 'failed', error: refusal.code })
      release(parentId)
      if (!mayRetry(error)) return refusal
      if (refusal.retryable) later(refusal.retryAfterMs)
      if (refusal.code === 'unavailable') check()
      return null
    }
  }

  /**
   * Try once, under the entry's own key, after what was written before it. Returns the refusal, if it is one that
   * asking again cannot help.
   */
  const deliver = (entry: StoredEntry, isShown = true): Promise<ReparteeError | null> => {
    const { key, body } = entry
    if (inFlight.has(key)) return Promise.resolve(null)
    inFlight.add(key)
    const waiting: Entry = { ...entry, html: htmlOf(body), state: 'sending', error: null, commentId: null }
    if (isShown) put(waiting)
    const outcome = queue.then(() => attempt(entry, waiting)).finally(() => inFlight.delete(key))
    queue = outcome
    return outcome
  }

  /** Deliver with nobody waiting for the outcome. */
  const deliverAlone = async (entry: StoredEntry, isShown = true): Promise<void> => {
    const refusal = await deliver(entry, isShown)
    if (refusal) alarm.raise(refusal)
  }

  const resend = async (): Promise<void> => {
    clearTimeout(timer)
    await Promise.all(store.content.outbox.filter(isWorthRetrying).map((entry) => deliverAlone(entry)))
  }

  /** Whether a comment or pending entry stands there already that this entry seems to have become. */
  const seemsStored = (entry: StoredEntry): boolean => {
    const { outbox, facts, reader } = store.content
    if (outbox.some(({ parentId, body }) => parentId === entry.parentId && body === entry.body)) return true
    return [...facts.rows.values()].some(
      ({ comment }) =>
        comment !== null &&
        comment.author.id === reader?.id &&
        comment.parentId === entry.parentId &&
        comment.createdAt > entry.createdAt - CLOCK_SKEW_MS,
    )
  }

  return {
    async send({ parentId, body, name }) {
      const entry: StoredEntry = {
        key: newId(),
        parentId,
        body,
        createdAt: Date.now(),
        ...(name !== undefined && { name }),
      }
      sentAt.set(entry.key, performance.now())
      storeEntry(storage, outboxName, entry)
      drafts.set(parentId, '')
      const refusal = await deliver(entry)
      if (!refusal) return
      remove(entry)
      if (drafts.get(parentId) === '') drafts.set(parentId, body)
      throw refusal
    },
    retry(key) {
      const entry = find(key)
      if (entry && isWorthRetrying(entry)) void resend()
      else if (entry?.state === 'failed') void deliverAlone(entry)
    },
    discard(key) {
      const entry = find(key)
      if (entry?.state === 'failed') remove(entry)
    },
    async resume() {
      const entries = storedEntries(storage, outboxName).filter(({ key }) => !find(key))
      // Where the answer was lost with the old page, drawing both until the service says so would show it twice.
      await Promise.all(entries.map((entry) => deliverAlone(entry, !seemsStored(entry))))
    },
    resend,
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
