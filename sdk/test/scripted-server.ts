import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ClientMessage } from '../src/protocol/client-message.ts'
import { parseClientMessage } from '../src/protocol/parse.ts'
import type { ServerMessage } from '../src/protocol/server-message.ts'
import { createThreadModel, READER, THREAD, type ThreadModel } from './thread-model.ts'

export const SITE = 'demo'

export type Recorded = {
  method: string
  path: string
  query: URLSearchParams
  token: string | undefined
  body: unknown
}
type Answer = { status: number; body?: unknown; headers?: Record<string, string> }

/** `undefined` gives the default answer, `'drop'` cuts the connection, and `'hang'` never answers. */
type Scripted = Answer | 'drop' | 'hang' | undefined
type HttpScript = (request: Recorded) => Scripted | Promise<Scripted>
/** `true` when the script has handled the message. */
type FrameScript = (message: ClientMessage, socket: ServerSocket) => boolean | undefined

export type ServerSocket = {
  send(message: ServerMessage): void
  close(code: number): void
  cut(): void
  token: string | undefined
}

export type ScriptedServer = {
  readonly baseUrl: string
  readonly thread: ThreadModel
  readonly requests: Recorded[]
  readonly frames: ClientMessage[]
  readonly sockets: Set<ServerSocket>
  /** How many WebSocket upgrades were requested. */
  upgrades: number
  webSocket: 'accept' | 'refuse'
  pingMs: number
  http: HttpScript
  frame: FrameScript
  /** The only valid credential, and the only valid token. */
  credential: string | null
  token: string | null
  /** Add a comment and deliver it to every socket. */
  publish(body: string): void
  close(): Promise<void>
}

export const refuse = (status: number, code: string, retryAfterMs?: number): Answer => ({
  status,
  body: { error: { code, message: code, ...(retryAfterMs !== undefined && { retryAfterMs }) } },
})

/** A service that speaks the protocol over real HTTP and WebSocket. Its scripts make it misbehave. */
export const startScriptedServer = async (): Promise<ScriptedServer> => {
  const thread = createThreadModel()
  const byKey = new Map<string, ReturnType<ThreadModel['add']>>()
  let issued = 0

  const polls = new Set<() => void>()
  const answerPolls = (): void => {
    for (const answer of polls) answer()
    polls.clear()
  }

  const create = (key: string, body: string) => {
    const known = byKey.get(key)
    const made = known ?? thread.add(body)
    byKey.set(key, made)
    answerPolls()
    if (!known) for (const socket of self.sockets) setImmediate(() => socket.send({ type: 'delta', ...deltaOf(made) }))
    return { comment: made.comment, created: !known }
  }
  const deltaOf = ({ comment: _, ...delta }: ReturnType<ThreadModel['add']>) => delta

  const session = (): Answer => {
    issued += 1
    self.credential = `credential-${issued}`
    self.token = `token-${issued}`
    return {
      status: 200,
      body: { token: self.token, expiresAt: Date.now() + 600_000, refresh: self.credential, reader: READER },
    }
  }

  const defaultAnswer = (request: Recorded): Answer | Promise<Answer> => {
    const { method, path, query, body, token } = request
    const input = body as { key: string; body: string; refresh: string }
    if (token !== undefined && token !== self.token) return refuse(401, 'token_expired')
    if (path === '/readers/guest') return { ...session(), status: 201 }
    if (path === '/readers/refresh')
      return input.refresh === self.credential ? session() : refuse(401, 'credential_invalid')
    if (path === '/readers/logout') {
      self.credential = null
      return { status: 204 }
    }
    if (path === `/threads/${THREAD}/changes`) {
      const since = Number(query.get('since'))
      if (query.get('epoch') !== thread.epoch) return { status: 200, body: { reload: true } }
      const answer = (): Answer => ({ status: 200, body: thread.changes(since) })
      if (!query.has('wait') || since < thread.head) return answer()
      return new Promise((resolve) => polls.add(() => resolve(answer())))
    }
    if (path === `/threads/${THREAD}/comments` && method === 'POST') {
      if (token === undefined) return refuse(401, 'unauthenticated')
      const result = create(input.key, input.body)
      return { status: result.created ? 201 : 200, body: result }
    }
    if (path === '/thread') {
      const { head, epoch } = thread
      const page = query.get('page')
      return {
        status: 200,
        body: {
          thread: { id: THREAD, page, head, epoch, commentCount: head, closed: false },
          comments: [],
          next: null,
        },
      }
    }
    if (path === '/counts')
      return {
        status: 200,
        body: { counts: Object.fromEntries(query.getAll('page').map((page) => [page, page.length])) },
      }
    return refuse(404, 'route_not_found')
  }

  const defaultFrame = (message: ClientMessage, socket: ServerSocket): void => {
    switch (message.type) {
      case 'hello':
        if (message.token !== undefined && message.token !== self.token) {
          const error = { code: 'token_expired', message: 'expired' } as const
          socket.send({ type: 'error', ref: message.ref, error })
          break
        }
        socket.token = message.token
        socket.send({
          type: 'welcome',
          ref: message.ref,
          version: 1,
          node: 'test',
          reader: message.token === undefined ? null : READER,
          pingMs: self.pingMs,
        })
        break
      case 'subscribe': {
        const { head, epoch } = thread
        const presence = { count: self.sockets.size, typing: [] }
        socket.send({
          type: 'ok',
          ref: message.ref,
          result: { head, epoch, commentCount: head, closed: false, presence },
        })
        if (message.epoch !== epoch) socket.send({ type: 'reload', thread: message.thread })
        else if ((message.since ?? head) < head)
          socket.send({ type: 'delta', ...thread.delta(message.since ?? head, head) })
        break
      }
      case 'comment.create': {
        const result = create(message.key, message.body)
        socket.send({ type: 'ok', ref: message.ref, result })
        break
      }
      case 'ping':
        socket.send({ type: 'pong' })
        break
      case 'typing':
        break
      default:
        socket.send({ type: 'ok', ref: message.ref, result: {} })
    }
  }

  const respond = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://localhost')
    let text = ''
    for await (const chunk of incoming) text += chunk
    const request: Recorded = {
      method: incoming.method ?? '',
      path: url.pathname.replace(`/api/v1/sites/${SITE}`, ''),
      query: url.searchParams,
      token: incoming.headers.authorization?.replace('Bearer ', ''),
      body: text === '' ? undefined : JSON.parse(text),
    }
    self.requests.push(request)
    const answer = (await self.http(request)) ?? (await defaultAnswer(request))
    if (answer === 'drop') incoming.socket.destroy()
    else if (answer !== 'hang') {
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
      response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
    }
  }

  const server = createServer((incoming, response) => void respond(incoming, response))
  const webSockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false })
  const open = new Set<WebSocket>()
  server.on('upgrade', (incoming, raw, head) => {
    self.upgrades += 1
    raw.on('error', () => {})
    if (self.webSocket === 'refuse' || incoming.headers['sec-websocket-protocol'] !== 'repartee.v1') {
      raw.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n')
      return
    }
    webSockets.handleUpgrade(incoming, raw, head, (ws) => {
      const socket: ServerSocket = {
        token: undefined,
        send: (message) => ws.send(JSON.stringify(message)),
        close: (code) => ws.close(code),
        cut: () => ws.terminate(),
      }
      open.add(ws)
      self.sockets.add(socket)
      ws.on('close', () => {
        open.delete(ws)
        self.sockets.delete(socket)
      })
      ws.on('message', (data) => {
        const message = parseClientMessage(String(data))
        self.frames.push(message)
        if (!self.frame(message, socket)) defaultFrame(message, socket)
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0

  const self: ScriptedServer = {
    baseUrl: `http://127.0.0.1:${port}`,
    thread,
    requests: [],
    frames: [],
    sockets: new Set(),
    upgrades: 0,
    webSocket: 'accept',
    pingMs: 20_000,
    http: () => undefined,
    frame: () => undefined,
    credential: null,
    token: null,
    publish(body) {
      const delta = deltaOf(thread.add(body))
      for (const socket of self.sockets) socket.send({ type: 'delta', ...delta })
      answerPolls()
    },
    async close() {
      for (const ws of open) ws.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return self
}
