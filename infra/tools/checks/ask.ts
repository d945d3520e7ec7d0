import type { IncomingHttpHeaders, RequestOptions } from 'node:http'
import { request } from 'node:https'
import type { Socket } from 'node:net'

export type Reply = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }

/** One HTTPS request to a port of this machine, on a new connection unless an agent is given. */
export const ask = (port: number, path: string, o: RequestOptions & { body?: string } = {}): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const { body, ...options } = o
    const sent = request(
      { host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false, ...options },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })

/** Request a WebSocket; resolves with the open socket or with the status of the refusal. */
export const upgrade = (port: number, path: string, headers: Record<string, string> = {}): Promise<Socket | number> =>
  new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      path,
      rejectUnauthorized: false,
      agent: false,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    })
    sent.on('upgrade', (_response, socket) => resolve(socket))
    sent.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end()
  })
