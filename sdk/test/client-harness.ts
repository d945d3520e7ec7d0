import { onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Client, ClientOptions } from '../src/create-client.ts'
import { createClient } from '../src/create-client.ts'
import type { CredentialStorage } from '../src/credential-storage.ts'
import type { Change, Delta } from '../src/protocol/delta.ts'
import type { Subscription } from '../src/realtime/subscription.ts'
import { type ScriptedServer, SITE, startScriptedServer } from './scripted-server.ts'
import { EPOCH, THREAD } from './thread-model.ts'

/** Wait until a check passes. The timeout is long enough for a busy machine. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000, interval: 25 })

export const openServer = async (): Promise<ScriptedServer> => {
  const server = await startScriptedServer()
  onTestFinished(() => server.close())
  return server
}

export const mapStorage = (): CredentialStorage & { readonly values: Map<string, string> } => {
  const values = new Map<string, string>()
  return {
    values,
    get: (key) => values.get(key) ?? null,
    set: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
  }
}

/** A client of the server. `random` shortens its waits, but none is skipped. */
export const openClient = (server: ScriptedServer, options: Partial<ClientOptions> = {}): Client => {
  const client = createClient({
    baseUrl: server.baseUrl,
    site: SITE,
    storage: mapStorage(),
    random: () => 0.02,
    webSocket: (url, protocol) => new WebSocket(url, protocol),
    ...options,
  })
  onTestFinished(() => client.close())
  return client
}

export type Watch = Subscription & {
  readonly deltas: Delta[]
  readonly changes: Change[]
  reloads: number
  presence: number[]
}

/** Subscribe from `since` and record what arrives. */
export const watch = (client: Client, since = 0, epoch = EPOCH): Watch => {
  const deltas: Delta[] = []
  const presence: number[] = []
  const subscription = client.subscribe(
    { thread: THREAD, since, epoch },
    {
      onDelta: (delta) => void deltas.push(delta),
      onReload: () => {
        self.reloads += 1
      },
      onPresence: ({ count }) => void presence.push(count),
    },
  )
  const self: Watch = {
    deltas,
    presence,
    reloads: 0,
    get changes() {
      return deltas.flatMap(({ changes }) => changes)
    },
    get position() {
      return subscription.position
    },
    close: () => subscription.close(),
  }
  return self
}
