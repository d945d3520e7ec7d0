import { type CredentialStorage, defaultStorage } from './credential-storage.ts'
import { createHttp, type HttpCall } from './http-client.ts'
import { createListeners } from './listeners.ts'
import type { CommandInput, CommandType } from './protocol/client-message.ts'
import type { Author } from './protocol/comment.ts'
import { ReparteeError } from './protocol/errors.ts'
import type {
  Changes,
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
import type { ConnectionState } from './realtime/connection.ts'
import type { Position, SubscriptionHandlers } from './realtime/feed.ts'
import { POLL_WAIT_S } from './realtime/long-poll.ts'
import { platformSocket, type WebSocketLike } from './realtime/platform-socket.ts'
import { createRealtime, type Subscription } from './realtime/realtime.ts'
import { retrying } from './retrying.ts'
import { sendCommand } from './send-command.ts'

export type ClientOptions = {
  /** Origin of the service, e.g. `https://comments.example`. */
  readonly baseUrl: string
  /** The site's public key. */
  readonly site: string
  /** Where the refresh credential lives; `localStorage` where it can be used, else memory. */
  readonly storage?: CredentialStorage
  readonly fetch?: typeof fetch
  /** Opens a WebSocket; the platform's by default. Without any, changes are polled for. */
  readonly webSocket?: (url: string, protocol: string) => WebSocketLike
  readonly random?: () => number
  readonly now?: () => number
}

/** One reader's access to one site. Every rejection is a `ReparteeError`, or the reason of the signal that was aborted. */
export type Client = {
  readonly reader: Author | null
  /** Use the stored credential, if any; `null` when there is none or it is dead. */
  restore(): Promise<Author | null>
  signInAsGuest(name: string): Promise<Author>
  /** Forget the reader here at once, and end the session at the service as far as that can be reached. */
  signOut(): Promise<void>
  onReader(listener: (reader: Author | null) => void): () => void
  snapshot(query: {
    page: string
    sort?: Sort
    limit?: number
    cursor?: string
    url?: string
    title?: string
    signal?: AbortSignal
  }): Promise<Snapshot>
  replies(query: { thread: string; comment: string; cursor?: string; signal?: AbortSignal }): Promise<Replies>
  comment(query: { thread: string; comment: string; signal?: AbortSignal }): Promise<CommentContext>
  /** Visible comments by page key. */
  counts(pages: readonly string[]): Promise<Record<string, number>>
  /** The HTML a body would become. */
  preview(body: string): Promise<string>
  /** Retried under the same key for about 15 s; the caller may go on with that key after a failure. */
  createComment(input: CommandInput<'comment.create'>): Promise<CommandResult<'comment.create'>>
  editComment(input: CommandInput<'comment.edit'>): Promise<CommandResult<'comment.edit'>>
  deleteComment(input: CommandInput<'comment.delete'>): Promise<CommandResult<'comment.delete'>>
  addReaction(input: CommandInput<'reaction.add'>): Promise<CommandResult<'reaction.add'>>
  removeReaction(input: CommandInput<'reaction.remove'>): Promise<CommandResult<'reaction.remove'>>
  /** Tell others that the reader is writing; at most one message per 3 s, none while not live. */
  typing(thread: string): void
  subscribe(position: Position, handlers: SubscriptionHandlers): Subscription
  readonly connection: ConnectionState
  onConnection(listener: (state: ConnectionState) => void): () => void
  /** Drop the connection, timers and reads; a command already sent is not called back. */
  close(): void
}

/** Page keys of one counts request; more would outgrow a proxy's limit for URLs. */
const PAGES_PER_COUNT = 40

type Send<T> = (token?: string) => Promise<T>
/** As whom something is asked. */
type Access = <T>(send: Send<T>) => Promise<T>

/** How much longer than the service a poll waits. */
const POLL_GRACE_MS = 10_000

/** Connect to one site of a service; nothing is sent before the first call. */
export const createClient = (options: ClientOptions): Client => {
  const { site, random = Math.random, now = Date.now } = options
  const origin = options.baseUrl.replace(/\/+$/, '')
  const closing = new AbortController()
  const readers = createListeners<Author | null>()
  const states = createListeners<ConnectionState>()
  const http = createHttp(
    `${origin}/api/v1/sites/${encodeURIComponent(site)}`,
    options.fetch ?? ((input, init) => fetch(input, init)),
  )

  const asReader: Access = (send) => session.authorised(send)
  const asNobody: Access = (send) => send()

  /** While the database is away no session can be renewed, but the saved copy of a page is for everybody. */
  const asReaderOrStale = async (send: Send<Snapshot>): Promise<Snapshot> => {
    let refusal: unknown
    try {
      return await session.authorised((token) =>
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

  const read = <T>(
    call: Omit<HttpCall, 'timeoutMs' | 'signals' | 'token'>,
    signal?: AbortSignal,
    access: (send: Send<T>) => Promise<T> = asReader,
  ): Promise<T> => {
    const signals = [closing.signal, signal]
    const attempt = (timeoutMs: number) => access((token) => http<T>({ ...call, token, timeoutMs, signals }))
    return retrying({ random, now }, attempt, ...signals)
  }

  const session = createSession({
    storage: options.storage ?? defaultStorage(),
    key: `repartee:${origin}:${site}`,
    refresh: (refresh) => http({ method: 'POST', path: '/readers/refresh', body: { refresh }, timeoutMs: 8_000 }),
    logout: (refresh) => http({ method: 'POST', path: '/readers/logout', body: { refresh }, timeoutMs: 8_000 }),
    onToken: () => realtime.connection.link?.greet(),
    onReader: readers.tell,
  })

  const realtime = createRealtime({
    url: `${origin.replace(/^http/, 'ws')}/api/v1/realtime`,
    site,
    open: options.webSocket ?? platformSocket(),
    session,
    random,
    now,
    changes({ thread, since, epoch, wait, signal }) {
      const call = { path: `/threads/${thread}/changes`, query: { since, epoch, wait: wait || undefined } }
      if (wait === 0) return read<Changes>(call, signal, asNobody)
      return http({ ...call, timeoutMs: POLL_WAIT_S * 1_000 + POLL_GRACE_MS, signals: [signal] })
    },
    onState: states.tell,
  })

  const command = <T extends CommandType>(type: T, input: CommandInput<T>): Promise<CommandResult<T>> =>
    sendCommand({ http, session, connection: realtime.connection, closing: closing.signal, random, now }, type, input)

  return {
    get reader() {
      return session.reader
    },
    restore: () => retrying({ random, now }, session.restore, closing.signal),
    async signInAsGuest(name) {
      return session.begin(
        await read<ReaderSession>({ method: 'POST', path: '/readers/guest', body: { name } }, undefined, asNobody),
      )
    },
    signOut: () =>
      session.end().catch((error: unknown) => {
        if (!(error instanceof ReparteeError)) throw error
      }),
    onReader: readers.add,
    snapshot: ({ signal, ...query }) => read({ path: '/thread', query }, signal, asReaderOrStale),
    replies: ({ thread, comment, cursor, signal }) =>
      read({ path: `/threads/${thread}/comments/${comment}/replies`, query: { cursor } }, signal),
    comment: ({ thread, comment, signal }) => read({ path: `/threads/${thread}/comments/${comment}` }, signal),
    async counts(pages) {
      const requests: Promise<Counts>[] = []
      for (let i = 0; i < pages.length; i += PAGES_PER_COUNT)
        requests.push(
          read({ path: '/counts', query: { page: pages.slice(i, i + PAGES_PER_COUNT) } }, undefined, asNobody),
        )
      return Object.assign({}, ...(await Promise.all(requests)).map(({ counts }) => counts))
    },
    async preview(body) {
      return (await read<Preview>({ method: 'POST', path: '/preview', body: { body } })).html
    },
    async createComment(input) {
      const result = await command('comment.create', input)
      session.rename(result.comment.author)
      return result
    },
    editComment: (input) => command('comment.edit', input),
    deleteComment: (input) => command('comment.delete', input),
    addReaction: (input) => command('reaction.add', input),
    removeReaction: (input) => command('reaction.remove', input),
    typing: realtime.typing,
    subscribe: realtime.subscribe,
    get connection() {
      return realtime.connection.state
    },
    onConnection: states.add,
    close() {
      closing.abort(new ReparteeError('unavailable', 'client closed'))
      realtime.close()
      readers.clear()
      states.clear()
    },
  }
}
