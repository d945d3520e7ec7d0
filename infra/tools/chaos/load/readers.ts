import { setTimeout as pause } from 'node:timers/promises'
import { type Client, createClient, type WebSocketLike } from '@repartee/sdk'
import { SUBPROTOCOL } from '@repartee/sdk/protocol'
import { WebSocket } from 'ws'
import { type Editor, type Edits, startEditor } from './editing.ts'
import type { Ledger } from './ledger.ts'
import type { PostedThread } from './posters.ts'
import type { Witness } from './view.ts'
import { startWatch, type Watch } from './watch.ts'

export type WatchedThread = PostedThread & { readonly page: string }

/** SDK clients that follow the threads. In mixed threads they also write. */
export type Readers = {
  readonly watches: readonly Watch[]
  readonly edits: Edits
  /** Every html that any of them saw, by comment id. */
  readonly seen: ReadonlyMap<string, ReadonlySet<string>>
  /** Deltas that they received out of order. */
  readonly broken: readonly string[]
  /** Stop writing and reloading, but keep following. */
  finish(): Promise<void>
  close(): void
}

/** Readers of each thread. */
const PER_THREAD = 2
const ARRIVAL_EVERY_MS = 10_000

/** Each client gets its own storage, since clients that share one are the same reader. */
const open = (urls: readonly string[], site: string, index: number): Client => {
  const stored = new Map<string, string>()
  return createClient({
    baseUrl: urls[index % urls.length] ?? '',
    site,
    storage: {
      get: (key) => stored.get(key) ?? null,
      set: (key, value) => void stored.set(key, value),
      remove: (key) => void stored.delete(key),
    },
    webSocket: (url) => new WebSocket(url, SUBPROTOCOL) as unknown as WebSocketLike,
  })
}

/** Start `count` clients, each following its share of the threads of one site. */
export const startReaders = async (o: {
  urls: readonly string[]
  threads: readonly WatchedThread[]
  count: number
  ledger: Ledger
}): Promise<Readers> => {
  const seen = new Map<string, Set<string>>()
  const broken: string[] = []
  const witness: Witness = (id, html) => {
    const known = seen.get(id)
    if (known === undefined) seen.set(id, new Set([html]))
    else known.add(html)
  }
  const sites = [...new Set(o.threads.map(({ site }) => site))]
  const clients = await Promise.all(
    Array.from({ length: o.count }, async (_, index) => {
      const site = sites[index % sites.length] ?? ''
      const client = open(o.urls, site, index)
      await client.signInAsGuest(`Reader ${index}`)
      return { client, site, name: `reader ${index}` }
    }),
  )

  const watches: Watch[] = []
  const editors: Editor[] = []
  for (const [at, thread] of o.threads.entries()) {
    const candidates = clients.filter(({ site }) => site === thread.site)
    for (let copy = 0; copy < Math.min(PER_THREAD, candidates.length); copy += 1) {
      const reader = candidates[(at * PER_THREAD + copy) % candidates.length]
      if (reader === undefined) continue
      const { client, name } = reader
      const watch = startWatch({
        client,
        page: thread.page,
        thread: thread.id,
        witness,
        onBroken: (what) => broken.push(what),
      })
      watches.push(watch)
      if (!thread.mixed) continue
      const others = (): string[] =>
        watch.view
          .shown()
          .filter(({ deleted }) => !deleted)
          .slice(-30)
          .map(({ id }) => id)
      editors.push(startEditor({ client, thread, name: `${name} in ${at}`, ledger: o.ledger, others }))
    }
  }

  const stop = new AbortController()
  /** Load a thread from the beginning every now and then: readers also arrive during faults. */
  const arrive = async (): Promise<void> => {
    for (let turn = 0; ; turn += 1) {
      await pause(ARRIVAL_EVERY_MS, undefined, { signal: stop.signal })
      watches[turn % watches.length]?.again()
    }
  }
  arrive().catch(() => undefined)

  return {
    watches,
    get edits() {
      return new Map(editors.flatMap((editor) => [...editor.edits]))
    },
    seen,
    broken,
    async finish() {
      stop.abort()
      await Promise.all(editors.map((editor) => editor.finish()))
    },
    close() {
      for (const watch of watches) watch.close()
      for (const { client } of clients) client.close()
    },
  }
}
