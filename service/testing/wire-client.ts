import { type ServerMessage, SUBPROTOCOL } from '@repartee/sdk/protocol'
import { WebSocket } from 'ws'

type Answer = Extract<ServerMessage, { type: 'ok' | 'error' | 'welcome' }>

/** A WebSocket client that does not use the SDK. It sends any message and keeps every frame it gets. */
export type WireClient = {
  readonly frames: ServerMessage[]
  /** Send a message with a new `ref` and wait for its answer. */
  ask(message: Record<string, unknown>): Promise<Answer>
  /** Send text unchanged, and wait for the next frame. */
  raw(text: string): Promise<ServerMessage>
  send(message: Record<string, unknown>): void
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  close(): void
}

export const connect = async (api: string, headers: Record<string, string> = {}): Promise<WireClient> => {
  const socket = new WebSocket(`${api.replace('http', 'ws')}/realtime`, SUBPROTOCOL, { headers })
  const frames: ServerMessage[] = []
  const waiting = new Map<number, (answer: Answer) => void>()
  const nextFrame: ((frame: ServerMessage) => void)[] = []
  let ref = 0
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as ServerMessage
    frames.push(frame)
    nextFrame.shift()?.(frame)
    if ((frame.type === 'ok' || frame.type === 'error' || frame.type === 'welcome') && frame.ref !== undefined) {
      waiting.get(frame.ref)?.(frame)
      waiting.delete(frame.ref)
    }
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  socket.on('error', () => undefined)
  return {
    frames,
    closed,
    ask: (message) => {
      ref += 1
      const own = ref
      return new Promise((resolve) => {
        waiting.set(own, resolve)
        socket.send(JSON.stringify({ ref: own, ...message }))
      })
    },
    raw: (text) =>
      new Promise((resolve) => {
        nextFrame.push(resolve)
        socket.send(text)
      }),
    send: (message) => socket.send(JSON.stringify(message)),
    close: () => socket.close(),
  }
}

export type HttpAnswer<T = unknown> = { readonly status: number; readonly headers: Headers; readonly body: T }

/** Send one HTTP request with a JSON body; resolves with the parsed body for every status, JSON Lines as text. */
export const call = async <T = Record<string, unknown>>(
  method: string,
  url: string,
  o: { token?: string | undefined; body?: unknown; rawBody?: string; headers?: Record<string, string> } = {},
): Promise<HttpAnswer<T>> => {
  const body = o.rawBody ?? (o.body === undefined ? undefined : JSON.stringify(o.body))
  const response = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(o.token !== undefined && { authorization: `Bearer ${o.token}` }),
      ...o.headers,
    },
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  const isLines = response.headers.get('content-type')?.startsWith('application/jsonl') === true
  const parsed: unknown = text === '' || isLines ? text || null : JSON.parse(text)
  return { status: response.status, headers: response.headers, body: parsed as T }
}
