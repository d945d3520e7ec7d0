import type { CredentialStorage } from './credential-storage.ts'
import type { Author } from './protocol/comment.ts'
import { ReparteeError } from './protocol/errors.ts'
import type { ReaderSession } from './protocol/http-schemas.ts'

type SessionDeps = {
  readonly storage: CredentialStorage
  /** Names the credential in the storage, and the lock held while it is used. */
  readonly key: string
  refresh(credential: string): Promise<ReaderSession>
  logout(credential: string): Promise<void>
  /** Called when the token changed, a renewal included. */
  onTokenChange(token: string | undefined): void
  onReaderChange(reader: Author | null): void
}

/** The reader's identity. The token exists only in memory; the credential that renews it is in the storage. */
export type Session = {
  readonly reader: Author | null
  /** The current token, which may have expired. */
  readonly token: string | undefined
  /** Get a token with the stored credential, unless there is a token already. */
  restore(): Promise<Author | null>
  /** Run `attempt` with the reader's token. If the service rejects the token, renew it and run `attempt` once more. */
  withToken<T>(attempt: (token: string | undefined) => Promise<T>): Promise<T>
  /** Replace `rejectedToken`, unless it was replaced already. Without a valid credential the reader is signed out. */
  renew(rejectedToken: string): Promise<void>
  signIn(session: ReaderSession): Promise<Author>
  signOut(): Promise<void>
  /** Take the reader's current name from a comment the service stored. Ignores other authors. */
  updateReader(author: Author): void
}

/** Whether a new token may help. A changed signing key of the service makes old tokens `token_invalid`. */
export const needsNewToken = (error: unknown): boolean =>
  error instanceof ReparteeError && (error.code === 'token_expired' || error.code === 'token_invalid')

/** Start signed out. Nothing is requested before the first call. */
export const createSession = (deps: SessionDeps): Session => {
  const { storage, key } = deps
  let reader: Author | null = null
  let token: string | undefined
  let refreshing: Promise<void> | undefined
  let lastTask: Promise<unknown> = Promise.resolve()

  /** Run one task at a time in this client, and in this browser where it has locks: a credential works only once. */
  const withLock = <T>(task: () => Promise<T>): Promise<T> => {
    const locks = globalThis.navigator?.locks
    const run = (): Promise<T> =>
      locks
        ? locks.request(key, task).catch((error: unknown) => {
            // A sandboxed frame has locks but may not use them. It shares no storage with other tabs either.
            if (error instanceof DOMException && error.name === 'SecurityError') return task()
            throw error
          })
        : task()
    const result = lastTask.then(run, run)
    lastTask = result.catch(() => {})
    return result
  }

  const setReader = (next: Author | null): void => {
    const changed = JSON.stringify(next) !== JSON.stringify(reader)
    reader = next
    if (changed) deps.onReaderChange(next)
  }

  const setSession = (session: ReaderSession | null): void => {
    const changed = token !== session?.token
    if (session) storage.set(key, session.refresh)
    token = session?.token
    if (changed) deps.onTokenChange(token)
    setReader(session?.reader ?? null)
  }

  const refreshWithStoredCredential = async (): Promise<void> => {
    for (;;) {
      const credential = storage.get(key)
      if (credential === null) return setSession(null)
      try {
        return setSession(await deps.refresh(credential))
      } catch (error) {
        if (!(error instanceof ReparteeError && error.status === 401)) throw error
        // Another tab may have replaced the credential in the meantime. The next round uses the new one.
        if (storage.get(key) === credential) storage.remove(key)
      }
    }
  }

  const refresh = (): Promise<void> => {
    refreshing ??= withLock(refreshWithStoredCredential).finally(() => {
      refreshing = undefined
    })
    return refreshing
  }

  const restore = async (): Promise<Author | null> => {
    if (token === undefined && storage.get(key) !== null) await refresh()
    return reader
  }

  const renew = async (rejectedToken: string): Promise<void> => {
    if (token === rejectedToken) await refresh()
  }

  return {
    get reader() {
      return reader
    },
    get token() {
      return token
    },
    restore,
    renew,
    async withToken(attempt) {
      await restore()
      const used = token
      try {
        return await attempt(used)
      } catch (error) {
        if (used === undefined || !needsNewToken(error)) throw error
        await renew(used)
        return attempt(token)
      }
    },
    signIn: (session) =>
      withLock(async () => {
        setSession(session)
        return session.reader
      }),
    signOut: () =>
      withLock(async () => {
        const credential = storage.get(key)
        storage.remove(key)
        setSession(null)
        if (credential !== null) await deps.logout(credential)
      }),
    updateReader(author) {
      if (author.id === reader?.id) setReader(author)
    },
  }
}
