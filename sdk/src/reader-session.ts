import type { CredentialStorage } from './credential-storage.ts'
import type { Author } from './protocol/comment.ts'
import { ReparteeError } from './protocol/errors.ts'
import type { ReaderSession } from './protocol/http-schemas.ts'

type SessionDeps = {
  readonly storage: CredentialStorage
  /** Names the credential in the storage, and the lock around its use. */
  readonly key: string
  refresh(credential: string): Promise<ReaderSession>
  logout(credential: string): Promise<void>
  /** The token changed; also when it was only renewed. */
  onToken(token: string | undefined): void
  onReader(reader: Author | null): void
}

/** Who the reader is. The token is only ever in memory; the credential that renews it is in the storage. */
export type Session = {
  readonly reader: Author | null
  /** The token held now, possibly expired. */
  readonly token: string | undefined
  /** Renew from the stored credential if no token is held. */
  restore(): Promise<Author | null>
  /** Run with the reader's token; when it proves expired, renew it and run once more. */
  authorised<T>(attempt: (token: string | undefined) => Promise<T>): Promise<T>
  /** Replace `stale`, unless that has happened already; without a usable credential the reader is nobody. */
  renew(stale: string): Promise<void>
  begin(session: ReaderSession): Promise<Author>
  end(): Promise<void>
  /** The service shows the reader like this now. */
  rename(author: Author): void
}

/** Whether a new token may help. `token_invalid` is what a token becomes when the service's signing key changed. */
export const wantsNewToken = (error: unknown): boolean =>
  error instanceof ReparteeError && (error.code === 'token_expired' || error.code === 'token_invalid')

/** Start as nobody; nothing is asked before the first call. */
export const createSession = (deps: SessionDeps): Session => {
  const { storage, key } = deps
  let reader: Author | null = null
  let token: string | undefined
  let refreshing: Promise<void> | undefined
  let queue: Promise<unknown> = Promise.resolve()

  /** One at a time in this client, and where locks exist in this browser: a credential may be used once only. */
  const exclusive = <T>(work: () => Promise<T>): Promise<T> => {
    const locks = globalThis.navigator?.locks
    const run = (): Promise<T> =>
      locks
        ? locks.request(key, work).catch((error: unknown) => {
            // A sandboxed frame has locks but may not use them; it shares no storage with other tabs either.
            if (error instanceof DOMException && error.name === 'SecurityError') return work()
            throw error
          })
        : work()
    const done = queue.then(run, run)
    queue = done.catch(() => {})
    return done
  }

  const rename = (next: Author | null): void => {
    const changed = JSON.stringify(next) !== JSON.stringify(reader)
    reader = next
    if (changed) deps.onReader(next)
  }

  const hold = (session: ReaderSession | null): void => {
    const changed = token !== session?.token
    if (session) storage.set(key, session.refresh)
    token = session?.token
    if (changed) deps.onToken(token)
    rename(session?.reader ?? null)
  }

  const refreshOnce = async (): Promise<void> => {
    for (;;) {
      const credential = storage.get(key)
      if (credential === null) return hold(null)
      try {
        return hold(await deps.refresh(credential))
      } catch (error) {
        if (!(error instanceof ReparteeError && error.status === 401)) throw error
        // Another tab may have replaced it meanwhile; then the next round uses that one.
        if (storage.get(key) === credential) storage.remove(key)
      }
    }
  }

  const refresh = (): Promise<void> => {
    refreshing ??= exclusive(refreshOnce).finally(() => {
      refreshing = undefined
    })
    return refreshing
  }

  const restore = async (): Promise<Author | null> => {
    if (token === undefined && storage.get(key) !== null) await refresh()
    return reader
  }

  const renew = async (stale: string): Promise<void> => {
    if (token === stale) await refresh()
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
    async authorised(attempt) {
      await restore()
      const used = token
      try {
        return await attempt(used)
      } catch (error) {
        if (used === undefined || !wantsNewToken(error)) throw error
        await renew(used)
        return attempt(token)
      }
    },
    begin: (session) =>
      exclusive(async () => {
        hold(session)
        return session.reader
      }),
    end: () =>
      exclusive(async () => {
        const credential = storage.get(key)
        storage.remove(key)
        hold(null)
        if (credential !== null) await deps.logout(credential)
      }),
    rename(author) {
      if (author.id === reader?.id) rename(author)
    },
  }
}
