import { type Author, type Comment, newId, ReparteeError } from '@repartee/sdk'
import { POSTED } from '../timings.ts'
import { confirmOwn } from './confirm-own.ts'
import type { Drafts } from './drafts.ts'
import type { ErrorAlert } from './error-alert.ts'
import { type Entry, isRetryable, isUnconfirmed } from './outbox-entry.ts'
import { mergeComments } from './server-state.ts'
import { forgetEntry, readEntries, type StoredEntry, storeEntry } from './stored-entries.ts'
import type { ThreadDeps } from './thread-deps.ts'
import type { Store } from './view-store.ts'

/** While the connection looks fine, an entry that the service could not store is sent again after 15 s, 30 s … 4 min. */
const RETRY_MS = 15_000
const MAX_DOUBLINGS = 4

/** How far a reader's clock may differ from the service's when an entry is looked for among the stored comments. */
const CLOCK_SKEW_MS = 5 * 60_000

export type Draft = { readonly parentId: string | null; readonly body: string; readonly name?: string }

export type Outbox = {
  /** Resolves when the comment is stored, or its entry waits to be sent again. Rejects with a refusal. */
  send(draft: Draft): Promise<void>
  retry(key: string): void
  discard(key: string): void
  /** Send what an earlier visit to the page left unfinished, with the same keys. */
  resume(): Promise<void>
  /** Send again, in order, every entry that the service may accept now. */
  resend(): Promise<void>
  close(): void
}

type OutboxDeps = Pick<ThreadDeps, 'client' | 'storage' | 'emit'> & {
  readonly store: Store
  readonly drafts: Drafts
  /** Where unfinished entries are stored. */
  readonly name: string
  readonly alert: ErrorAlert
  /** The service's rendering of a body, if the reader has previewed it. */
  previewOf(body: string): string | null
  /** Find out whether the service can store anything. When it can again, `resend` is called. */
  checkStale(): void
}

/** Whether sending the same entry again may help. If not, the reader has to change something. */
const mayRetry = (error: unknown): boolean =>
  !(error instanceof ReparteeError) || error.retryable || error.code === 'internal'

/** The reader's comments that are not stored yet. */
export const createOutbox = ({
  client,
  storage,
  emit,
  store,
  drafts,
  name: storedAs,
  alert,
  previewOf,
  checkStale,
}: OutboxDeps): Outbox => {
  const inFlight = new Set<string>()
  /** One attempt at a time, so that comments are stored in the order in which they were written. */
  let lastAttempt: Promise<unknown> = Promise.resolve()
  /** When the reader pressed Send, on the page's own clock. */
  const sentAt = new Map<string, number>()
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  const find = (key: string): Entry | undefined => store.content.outbox.find((entry) => entry.key === key)

  const put = (entry: Entry): void => {
    const entries = store.content.outbox
    store.updateContent({
      outbox: find(entry.key) ? entries.map((other) => (other.key === entry.key ? entry : other)) : [...entries, entry],
    })
  }

  /** Draw the comment that was stored. Once no entry with this parent is unconfirmed, draw the others too. */
  const confirm = (parentId: string | null, stored?: Comment): void => {
    const { content } = store
    const { rows } = content.serverState
    const isOpen = content.outbox.some((entry) => entry.parentId === parentId && isUnconfirmed(entry))
    const ids = new Set(stored ? [stored.id] : [])
    for (const id of isOpen ? [] : content.unconfirmed) if (rows.get(id)?.comment?.parentId === parentId) ids.add(id)
    store.updateContent(confirmOwn(content, rows, ids))
  }

  const remove = ({ key, parentId }: StoredEntry, stored?: Comment): void => {
    forgetEntry(storage, storedAs, key)
    store.updateContent({ outbox: store.content.outbox.filter((entry) => entry.key !== key) })
    confirm(parentId, stored)
  }

  const onStored = (entry: StoredEntry, comment: Comment): void => {
    failures = 0
    const start = sentAt.get(entry.key)
    if (start !== undefined) performance.measure(POSTED, { start })
    sentAt.delete(entry.key)
    if (comment.status === 'approved') {
      store.updateContent({ serverState: mergeComments(store.content.serverState, [comment], comment.seq) })
      remove(entry, comment)
    } else {
      forgetEntry(storage, storedAs, entry.key)
      // After a reload the snapshot may have brought it already, under the comment's own id.
      const isKnown = store.content.outbox.some(({ commentId, key }) => commentId === comment.id && key !== entry.key)
      if (isKnown) remove(entry)
      else put({ ...entry, html: comment.html, state: 'pending', error: null, commentId: comment.id })
      confirm(entry.parentId)
    }
    emit('comment', { comment })
  }

  const readerFor = async (name: string | undefined): Promise<Author | null> => {
    const reader = client.reader ?? (await client.restoreSession())
    return reader || name === undefined ? reader : client.signInAsGuest(name)
  }

  const scheduleResend = (retryAfterMs = 0): void => {
    clearTimeout(timer)
    if (closed) return
    const waitMs = RETRY_MS * 2 ** Math.min(failures, MAX_DOUBLINGS)
    failures += 1
    timer = setTimeout(
      () => {
        // Without a connection nothing is sent. When it comes back, `resend` is called.
        if (client.connectionState === 'waiting' || client.connectionState === 'connecting') scheduleResend()
        else void resend()
      },
      Math.max(retryAfterMs, waitMs),
    )
  }

  /** An earlier entry that could not be stored. What was written later must not be stored before it. */
  const blockerOf = (key: string): Entry | undefined => {
    const { outbox } = store.content
    const index = outbox.findIndex((entry) => entry.key === key)
    return outbox.find((entry, i) => i < index && isRetryable(entry))
  }

  const attempt = async (entry: StoredEntry, sending: Entry): Promise<ReparteeError | null> => {
    const { key, parentId, body, name } = entry
    const blocker = blockerOf(key)
    if (blocker || closed) {
      if (blocker) put({ ...sending, state: 'failed', error: blocker.error })
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
      onStored(entry, comment)
      return null
    } catch (error) {
      if (closed) return null
      const refusal =
        error instanceof ReparteeError ? error : new ReparteeError('internal', undefined, { cause: error })
      put({ ...sending, state: 'failed', error: refusal.code })
      confirm(parentId)
      if (!mayRetry(error)) return refusal
      if (refusal.retryable) scheduleResend(refusal.retryAfterMs)
      if (refusal.code === 'unavailable') checkStale()
      return null
    }
  }

  /**
   * Send an entry once, with its own key, after everything that was written before it. Resolves to the refusal if
   * sending the entry again cannot help.
   */
  const deliver = (entry: StoredEntry, isShown = true): Promise<ReparteeError | null> => {
    const { key, body } = entry
    if (inFlight.has(key)) return Promise.resolve(null)
    inFlight.add(key)
    const sending: Entry = { ...entry, html: previewOf(body), state: 'sending', error: null, commentId: null }
    if (isShown) put(sending)
    const outcome = lastAttempt.then(() => attempt(entry, sending)).finally(() => inFlight.delete(key))
    lastAttempt = outcome
    return outcome
  }

  /** Send an entry that no form waits for. */
  const deliverInBackground = async (entry: StoredEntry, isShown = true): Promise<void> => {
    const refusal = await deliver(entry, isShown)
    if (refusal) alert.show(refusal)
  }

  const resend = async (): Promise<void> => {
    clearTimeout(timer)
    await Promise.all(store.content.outbox.filter(isRetryable).map((entry) => deliverInBackground(entry)))
  }

  /** Whether there is a comment or a pending entry already that looks like what this entry became. */
  const seemsStored = (entry: StoredEntry): boolean => {
    const { outbox, serverState, reader } = store.content
    if (outbox.some(({ parentId, body }) => parentId === entry.parentId && body === entry.body)) return true
    return [...serverState.rows.values()].some(
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
      storeEntry(storage, storedAs, entry)
      drafts.set(parentId, '')
      const refusal = await deliver(entry)
      if (!refusal) return
      remove(entry)
      if (drafts.get(parentId) === '') drafts.set(parentId, body)
      throw refusal
    },
    retry(key) {
      const entry = find(key)
      if (entry && isRetryable(entry)) void resend()
      else if (entry?.state === 'failed') void deliverInBackground(entry)
    },
    discard(key) {
      const entry = find(key)
      if (entry?.state === 'failed') remove(entry)
    },
    async resume() {
      const entries = readEntries(storage, storedAs).filter(({ key }) => !find(key))
      // The comment may have been stored although the old page got no answer. Drawing both would show it twice.
      await Promise.all(entries.map((entry) => deliverInBackground(entry, !seemsStored(entry))))
    },
    resend,
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
