import type { ClientMessage, ServerMessage } from '@repartee/sdk/protocol'
import { ReparteeError } from '@repartee/sdk/protocol'
import type { SampleService } from './sample-service.ts'

const SITES = /\/api\/v1\/sites\/[^/]+(\/[^?]*)/
const PING_MS = 60_000

/** A `fetch` that answers requests to the readers' API from a sample; all others go out as they are. */
export const sampleFetch =
  (service: SampleService, send: typeof fetch): typeof fetch =>
  async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, location.href)
    const path = SITES.exec(url.pathname)?.[1]
    if (path === undefined) return send(input, init)
    try {
      const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
      const answer = service.answer(init?.method ?? 'GET', path, body)
      if (answer === null) throw new ReparteeError('route_not_found')
      return Response.json(answer)
    } catch (error) {
      const { code, message, status } = error instanceof ReparteeError ? error : new ReparteeError('internal')
      return Response.json({ error: { code, message } }, { status })
    }
  }

/** A class in the place of `WebSocket` that speaks the protocol with a sample. */
export const sampleWebSocket = (service: SampleService) =>
  class extends EventTarget {
    #end = (): void => undefined

    constructor() {
      super()
      queueMicrotask(() => this.dispatchEvent(new Event('open')))
      this.#end = service.follow((delta) => this.#say({ type: 'delta', ...delta }))
    }

    send(frame: string): void {
      const message = JSON.parse(frame) as ClientMessage
      if (message.type === 'ping') this.#say({ type: 'pong' })
      else if (message.type === 'hello')
        this.#say({ type: 'welcome', ref: message.ref, version: 1, node: 'preview', reader: null, pingMs: PING_MS })
      else if ('ref' in message) this.#answer(message.ref, message)
    }

    close(): void {
      this.#end()
    }

    #answer(ref: number, message: ClientMessage): void {
      try {
        this.#say({ type: 'ok', ref, result: service.handle(message) as Record<string, unknown> })
      } catch (error) {
        const { code, message: words } = error instanceof ReparteeError ? error : new ReparteeError('internal')
        this.#say({ type: 'error', ref, error: { code, message: words } })
      }
    }

    #say(message: ServerMessage): void {
      const data = JSON.stringify(message)
      queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data })))
    }
  }
