import { type Agent, request } from 'node:http'
import type { CommandResult } from '@repartee/sdk/protocol'
import { type Answer, fromRefusal, type Sender } from './answer.ts'

const TRY_MS = 5_000

type Reply = { readonly status: number; readonly text: string }

/** One HTTP exchange; rejects if the complete answer does not arrive in time. */
export const exchange = (
  url: string,
  o: { agent: Agent; method: string; body?: unknown; token?: string },
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method: o.method,
        agent: o.agent,
        timeout: TRY_MS,
        headers: {
          'content-type': 'application/json',
          ...(o.token !== undefined && { authorization: `Bearer ${o.token}` }),
        },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      },
    )
    // The agent's timeout ends only a silent connection. This one also ends an answer that trickles in.
    const timer = setTimeout(() => call.destroy(new Error('no answer in time')), TRY_MS)
    call.on('close', () => clearTimeout(timer))
    call.on('timeout', () => call.destroy(new Error('silent')))
    call.on('error', reject)
    call.end(o.body === undefined ? undefined : JSON.stringify(o.body))
  })

const read = ({ status, text }: Reply): Answer => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return status >= 500
      ? { type: 'again', cause: `status ${status}`, afterMs: 0 }
      : { type: 'refused', code: `${status}: ${text.slice(0, 100)}` }
  }
  if (status === 201 || status === 200)
    return { type: 'stored', comment: (parsed as CommandResult<'comment.create'>).comment }
  const { error } = parsed as { error: { code: string; message: string; retryAfterMs?: number } }
  return fromRefusal(error)
}

/** Post over HTTP, each attempt to the next of `urls`. */
export const createHttpSender = (o: { urls: readonly string[]; site: string; token: string; agent: Agent }): Sender => {
  let turn = Math.floor(Math.random() * o.urls.length)
  return {
    async send({ thread, ...body }) {
      turn += 1
      const base = o.urls[turn % o.urls.length]
      const url = `${base}/api/v1/sites/${o.site}/threads/${thread}/comments`
      try {
        return read(await exchange(url, { agent: o.agent, method: 'POST', body, token: o.token }))
      } catch (error) {
        return {
          type: 'again',
          cause: `http ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
          afterMs: 0,
        }
      }
    },
    close: () => undefined,
  }
}
