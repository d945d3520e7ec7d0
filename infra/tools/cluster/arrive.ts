import { type Client, createClient, type WebSocketLike } from '@repartee/sdk'
import { type Comment, type Delta, newId, SUBPROTOCOL } from '@repartee/sdk/protocol'
import { WebSocket } from 'ws'

/** A reader with the page open, through the SDK. */
export type Person = {
  readonly client: Client
  readonly thread: string
  /** Comments seen, by id. */
  readonly seen: Map<string, Comment>
  /** Every gap between two deltas. */
  readonly holes: string[]
  readonly position: () => number
  /** Duration of each loss of the live connection. */
  readonly cutsMs: number[]
  /** Post under a new key; resolves with the id. */
  post(body: string): Promise<string>
  close(): void
}

/** Open a page of a site as a reader with a live connection. */
export const arrive = async (o: { baseUrl: string; site: string; page: string; name: string }): Promise<Person> => {
  const client = createClient({
    baseUrl: o.baseUrl,
    site: o.site,
    storage: { get: () => null, set: () => undefined, remove: () => undefined },
    webSocket: (url) => new WebSocket(url, SUBPROTOCOL) as unknown as WebSocketLike,
  })
  await client.signInAsGuest(o.name)
  const seen = new Map<string, Comment>()
  const holes: string[] = []
  const cutsMs: number[] = []
  let lostAt: number | null = null
  let wasLive = false
  client.onConnectionChange((state) => {
    if (state === 'live') {
      if (lostAt !== null) cutsMs.push(performance.now() - lostAt)
      lostAt = null
      wasLive = true
    } else if (wasLive) lostAt ??= performance.now()
  })

  let at = 0
  let subscription: { close(): void } | undefined
  const load = async (): Promise<string> => {
    subscription?.close()
    const { thread, comments } = await client.getSnapshot({ page: o.page, sort: 'oldest', limit: 100 })
    for (const comment of comments) seen.set(comment.id, comment)
    at = thread.head
    const onDelta = (delta: Delta): void => {
      if (delta.from !== at) holes.push(`${delta.from} after ${at}`)
      at = delta.to
      for (const change of delta.changes) if (change.type === 'comment') seen.set(change.comment.id, change.comment)
    }
    subscription = client.subscribe(
      { thread: thread.id, since: thread.head, epoch: thread.epoch },
      { onDelta, onReload: () => void load(), onPresence: () => undefined },
    )
    return thread.id
  }
  const thread = await load()
  return {
    client,
    thread,
    seen,
    holes,
    cutsMs,
    position: () => at,
    post: async (body) => (await client.createComment({ thread, key: newId(), body })).comment.id,
    close() {
      subscription?.close()
      client.close()
    },
  }
}

/** Every comment of a page as stored, in the order of commit. */
export const everything = async (person: Person, page: string): Promise<Comment[]> => {
  const found: Comment[] = []
  for (let cursor: string | undefined, more = true; more; ) {
    const snapshot = await person.client.getSnapshot({
      page,
      sort: 'oldest',
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    })
    found.push(...snapshot.comments)
    cursor = snapshot.next ?? undefined
    more = cursor !== undefined
  }
  return found
}
