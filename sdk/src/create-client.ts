import { type CredentialStorage, defaultStorage } from './credential-storage.ts'
import { createHttpClient, type HttpRequest } from './http-client.ts'
import { createListeners } from './listeners.ts'
import type { CommandInput, CommandType } from './protocol/client-message.ts'
import type { Author } from './protocol/comment.ts'
import { ReparteeError } from './protocol/errors.ts'
import type {
  CommentContext,
  Counts,
  Preview,
  ReaderSession,
  Replies,
  Snapshot,
  Sort,
} from './protocol/http-schemas.ts'
import type { CommandResult } from './protocol/results.ts'
import { createSession } from './reader-session.ts'
import type { ConnectionState } from './realtime/connection-table.ts'
import { platformWebSocket, type WebSocketLike } from './realtime/platform-socket.ts'
import { createRealtime } from './realtime/realtime.ts'
import type { Position, Subscription, SubscriptionHandlers } from './realtime/subscription.ts'
import { sendCommand } from './send-command.ts'
import { withRetry } from './with-retry.ts'

export type ClientOptions = {
  /** Origin of the service, e.g. `https://comments.example`. */
  readonly baseUrl: string
  /** The site's public key. */
  readonly site: string
  /** Where the refresh credential is stored. Default: `localStorage` where it is writable, else memory. */
  readonly storage?: CredentialStorage
  readonly fetch?: typeof fetch
  /** Opens a WebSocket. Default: the platform's own. Where there is none, the client polls for changes. */
  readonly webSocket?: (url: string, protocol: string) => WebSocketLike
  readonly random?: () => number
  readonly now?: () => number
}

/** One reader's access to one site. Every rejection is a `ReparteeError`, or the reason of the aborted signal. */
export type Client = {
  readonly reader: Author | null
  /** Sign in with the stored credential. Resolves to `null` when there is none or it is no longer valid. */
  restoreSession(): Promise<Author | null>
  signInAsGuest(name: string): Promise<Author>
  /** Forget the reader at once, and end the session at the service if it can be reached. */
  signOut(): Promise<void>
  /** Called when the reader signs in or out or is renamed. Returns a function that removes the listener. */
  onReaderChange(listener: (reader: Author | null) => void): () => void
  /** One page of a thread: its state and its comments. */
  getSnapshot(query: {
    page: string
    sort?: Sort
    limit?: number | undefined
    cursor?: string | undefined
    url?: string | undefined
    title?: string | undefined
    signal?: AbortSignal | undefined
  }): Promise<Snapshot>
  getReplies(query: {
    thread: string
    comment: string
    cursor?: string | undefined
    signal?: AbortSignal | undefined
  }): Promise<Replies>
  getComment(query: { thread: string; comment: string; signal?: AbortSignal | undefined }): Promise<CommentContext>
  /** The number of visible comments of each page key. */
  getCounts(pages: readonly string[]): Promise<Record<string, number>>
  /** The HTML that the service would make of a comment's Markdown. */
  renderPreview(body: string): Promise<string>
  /** Retried with the same key for about 15 s. After a failure the caller may try again with that key. */
  createComment(input: CommandInput<'comment.create'>): Promise<CommandResult<'comment.create'>>
  editComment(input: CommandInput<'comment.edit'>): Promise<CommandResult<'comment.edit'>>
  deleteComment(input: CommandInput<'comment.delete'>): Promise<CommandResult<'comment.delete'>>
  addReaction(input: CommandInput<'reaction.add'>): Promise<CommandResult<'reaction.add'>>
  removeReaction(input: CommandInput<'reaction.remove'>): Promise<CommandResult<'reaction.remove'>>
  /** Tell other readers that this one is typing. Sends at most one message per 3 s, and none while not live. */
  sendTyping(thread: string): void
  subscribe(position: Position, handlers: SubscriptionHandlers): Subscription
  readonly connectionState: ConnectionState
  /** Called when `connectionState` changes. Returns a function that removes the listener. */
  onConnectionChange(listener: (state: ConnectionState) => void): () => void
  /** End the connection, timers and reads for good. A command that was already sent is not cancelled. */
  close(): void
}

/** Page keys in one request for counts. With more, the URL could exceed a proxy's limit. */
const PAGES_PER_REQUEST = 40

/** How long the service may hold a long poll open. */
const POLL_WAIT_S = 25

/** The client waits for its answer a little longer. */
const POLL_TIMEOUT_MS = POLL_WAIT_S * 1_000 + 10_000

const SESSION_TIMEOUT_MS = 8_000

const changesRequest = ({ thread, since, epoch }: Position, wait?: number) => ({
  path: `/threads/${thread}/changes`,
  query: { since, epoch, wait },
})

type Send<T> = (token?: string) => Promise<T>

/** Connect to one site of a service. Nothing is sent before the first call. */
export const createClient = (options: ClientOptions): Client => {
  const { site, random = Math.random, now = Date.now } = options
  const retryDeps = { random, now }
  const origin = options.baseUrl.replace(/\/+$/, '')
  const closing = new AbortController()
  const readerListeners = createListeners<Author | null>()
  const stateListeners = createListeners<ConnectionState>()
  const sendRequest = createHttpClient(
    `${origin}/api/v1/sites/${encodeURIComponent(site)}`,
    options.fetch ?? ((input, init) => fetch(input, init)),
  )

  const asReader = <T>(send: Send<T>): Promise<T> => session.withToken(send)
  const anonymously = <T>(send: Send<T>): Promise<T> => send()

  /** While the database is away the session cannot be renewed, but anyone may read the saved copy of a page. */
  const asReaderOrStale = async (send: Send<Snapshot>): Promise<Snapshot> => {
    let refusal: unknown
    try {
      return await session.withToken((token) =>
        send(token).catch((error: unknown) => {
          refusal = error
          throw error
        }),
      )
    } catch (error) {
      const saved = error === refusal ? undefined : await send()
      if (saved?.stale) return saved
      throw error
    }
  }

  const request = <T>(
    call: Omit<HttpRequest, 'timeoutMs' | 'signals' | 'token'>,
    access: (send: Send<T>) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    const signals = [closing.signal, signal]
    const attempt = (timeoutMs: number) => access((token) => sendRequest<T>({ ...call, token, timeoutMs, signals }))
    return withRetry(retryDeps, attempt, ...signals)
  }

  const withCredential = <T>(path: string, refresh: string): Promise<T> =>
    sendRequest({ method: 'POST', path, body: { refresh }, timeoutMs: SESSION_TIMEOUT_MS })

  const session = createSession({
    storage: options.storage ?? defaultStorage(),
    key: `repartee:${origin}:${site}`,
    refresh: (credential) => withCredential('/readers/refresh', credential),
    logout: (credential) => withCredential('/readers/logout', credential),
    onTokenChange: () => realtime.connection.link?.authenticate(),
    onReaderChange: readerListeners.notify,
  })

  const realtime = createRealtime({
    url: `${origin.replace(/^http/, 'ws')}/api/v1/realtime`,
    site,
    open: options.webSocket ?? platformWebSocket(),
    session,
    random,
    now,
    fetchChanges: (position) => request(changesRequest(position), anonymously),
    pollChanges: (position, signal) =>
      sendRequest({ ...changesRequest(position, POLL_WAIT_S), timeoutMs: POLL_TIMEOUT_MS, signals: [signal] }),
    onStateChange: stateListeners.notify,
  })

  const command = <T extends CommandType>(type: T, input: CommandInput<T>): Promise<CommandResult<T>> =>
    sendCommand(
      { sendRequest, session, connection: realtime.connection, closing: closing.signal, ...retryDeps },
      type,
      input,
    )

  return {
    get reader() {
      return session.reader
    },
    restoreSession: () => withRetry(retryDeps, session.restore, closing.signal),
    async signInAsGuest(name) {
      const call = { method: 'POST', path: '/readers/guest', body: { name } } as const
      return session.signIn(await request<ReaderSession>(call, anonymously))
    },
    signOut: () =>
      session.signOut().catch((error: unknown) => {
        if (!(error instanceof ReparteeError)) throw error
      }),
    onReaderChange: readerListeners.add,
    getSnapshot: ({ signal, ...query }) => request({ path: '/thread', query }, asReaderOrStale, signal),
    getReplies: ({ thread, comment, cursor, signal }) =>
      request({ path: `/threads/${thread}/comments/${comment}/replies`, query: { cursor } }, asReader, signal),
    getComment: ({ thread, comment, signal }) =>
      request({ path: `/threads/${thread}/comments/${comment}` }, asReader, signal),
    async getCounts(pages) {
      const found: Counts['counts'] = {}
      for (let i = 0; i < pages.length; i += PAGES_PER_REQUEST) {
        const query = { page: pages.slice(i, i + PAGES_PER_REQUEST) }
        const { counts } = await request<Counts>({ path: '/counts', query }, anonymously)
        Object.assign(found, counts)
      }
      return found
    },
    async renderPreview(body) {
      return (await request<Preview>({ method: 'POST', path: '/preview', body: { body } }, asReader)).html
    },
    async createComment(input) {
      const result = await command('comment.create', input)
      session.updateReader(result.comment.author)
      return result
    },
    editComment: (input) => command('comment.edit', input),
    deleteComment: (input) => command('comment.delete', input),
    addReaction: (input) => command('reaction.add', input),
    removeReaction: (input) => command('reaction.remove', input),
    sendTyping: realtime.sendTyping,
    subscribe: realtime.subscribe,
    get connectionState() {
      return realtime.connection.state
    },
    onConnectionChange: stateListeners.add,
    close() {
      closing.abort(new ReparteeError('unavailable', 'the client was closed'))
      realtime.close()
      readerListeners.clear()
      stateListeners.clear()
    },
  }
}
