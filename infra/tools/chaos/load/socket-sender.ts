import { type CommandResult, encode, PROTOCOL_VERSION, type ServerMessage, SUBPROTOCOL } from '@repartee/sdk/protocol'
import { WebSocket } from 'ws'
import { type Answer, fromRefusal, type Sender } from './answer.ts'

const TRY_MS = 5_000

/** Post over one WebSocket. When it breaks or is silent, open one to the next of `urls`. */
export const createSocketSender = (o: { urls: readonly string[]; site: string; token: string }): Sender => {
  let turn = Math.floor(Math.random() * o.urls.length)
  let socket: WebSocket | null = null
  let ready: Promise<void> | null = null
  let ref = 1
  let waiting: { readonly ref: number; readonly settle: (answer: Answer) => void } | null = null

  const settle = (answer: Answer): void => {
    waiting?.settle(answer)
    waiting = null
  }
  const drop = (cause: string): void => {
    socket?.terminate()
    socket = null
    ready = null
    settle({ type: 'again', cause, afterMs: 0 })
  }

  const open = (): Promise<void> =>
    new Promise((resolve, reject) => {
      turn += 1
      const base = (o.urls[turn % o.urls.length] ?? '').replace('http', 'ws')
      const own = new WebSocket(`${base}/api/v1/realtime`, SUBPROTOCOL, { handshakeTimeout: TRY_MS })
      socket = own
      own.on('open', () =>
        own.send(encode({ type: 'hello', ref: 1, site: o.site, version: PROTOCOL_VERSION, token: o.token })),
      )
      own.on('error', () => undefined)
      own.on('close', (code) => {
        reject(new Error(`closed with ${code}`))
        if (socket === own) drop(`socket closed ${code}`)
      })
      own.on('message', (data) => {
        const message = JSON.parse(String(data)) as ServerMessage
        if (message.type === 'welcome') resolve()
        else if (message.type === 'reconnect') setTimeout(() => own.close(), message.afterMs)
        else if (message.type === 'error') {
          if (message.ref === 1) reject(new Error(message.error.code))
          else if (message.ref === waiting?.ref) settle(fromRefusal(message.error))
        } else if (message.type === 'ok' && message.ref === waiting?.ref)
          settle({ type: 'stored', comment: (message.result as CommandResult<'comment.create'>).comment })
      })
    })

  return {
    async send(request) {
      const late = setTimeout(() => drop('socket silent'), TRY_MS)
      try {
        ready ??= open()
        await ready
        return await new Promise<Answer>((resolve) => {
          ref += 1
          waiting = { ref, settle: resolve }
          if (socket === null) drop('socket gone')
          else socket.send(encode({ type: 'comment.create', ref, ...request }))
        })
      } catch (error) {
        drop('not welcomed')
        return { type: 'again', cause: `socket ${(error as Error).message}`, afterMs: 0 }
      } finally {
        clearTimeout(late)
      }
    },
    close: () => drop('closed'),
  }
}
