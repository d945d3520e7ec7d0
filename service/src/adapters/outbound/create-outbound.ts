import pLimit from 'p-limit'
import { Client, type Dispatcher } from 'undici'
import { parseUrl } from '../../core/parse-url.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import { type Outbound, type OutboundAnswer, OutboundError, type OutboundRequest } from '../../core/ports/outbound.ts'
import { badPorts } from './bad-ports.ts'
import { failureOf } from './failure-of.ts'
import { guardedConnect } from './guarded-connect.ts'
import { createAddressJudge } from './judge-address.ts'
import { ACCEPT_ENCODING, readAnswerBody, TooLargeError } from './read-answer-body.ts'
import { createNameResolver, type ResolveName } from './resolve-name.ts'

/** Requests at a time. With the limit of each they bound the memory for what strangers send. */
const MAX_ACTIVE = 16
const MAX_WAITING = 500
const MAX_URL_LENGTH = 4_096
const MAX_HEADER_BYTES = 32 * 1_024

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

const judgeUrl = (text: string): URL => {
  const url = text.length > MAX_URL_LENGTH ? null : parseUrl(text)
  if (url === null) throw new OutboundError('invalid_url', text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new OutboundError('not_http', text)
  if (url.username !== '' || url.password !== '') throw new OutboundError('invalid_url', text)
  if (url.port !== '' && badPorts.has(Number(url.port))) throw new OutboundError('port_refused', text)
  url.hash = ''
  return url
}

const linesOf = (headers: Dispatcher.ResponseData['headers']): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? [value] : [...value]]],
    ),
  )

/** Create the client that all requests of the service share. `userAgent` names the product and its version. */
export const createOutbound = (o: {
  privateNetworks: readonly string[]
  userAgent: string
  metrics: Pick<Metrics, 'count'>
  resolveName?: ResolveName
}): Outbound => {
  const judge = createAddressJudge(o.privateNetworks)
  const resolveName = o.resolveName ?? createNameResolver({ askSystem: o.privateNetworks.length > 0 })
  const limit = pLimit(MAX_ACTIVE)
  const inProgress = new Set<AbortController>()
  let isClosed = false

  /** One request to one server, over a connection of its own: a kept one would have been judged for another name. */
  const ask = async (url: URL, request: OutboundRequest, signal: AbortSignal): Promise<OutboundAnswer> => {
    const client = new Client(url.origin, {
      connect: guardedConnect({ judge, resolveName, signal }),
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: request.headersMs,
      bodyTimeout: request.timeoutMs,
    })
    try {
      const { statusCode, headers, body } = await client.request({
        path: url.pathname + url.search,
        method: 'GET',
        headers: { accept: request.accept, 'accept-encoding': ACCEPT_ENCODING, 'user-agent': o.userAgent },
        reset: true,
        signal,
      })
      const lines = linesOf(headers)
      const coding = lines['content-encoding']?.join(',').trim().toLowerCase() ?? ''
      const isRedirect = REDIRECTS.has(statusCode) && lines.location !== undefined
      if (isRedirect) body.on('error', () => undefined)
      return {
        status: statusCode,
        headers: lines,
        body: isRedirect ? new Uint8Array() : await readAnswerBody(body, coding, request.maxBytes),
        url: url.href,
      }
    } catch (error) {
      if (signal.aborted) throw new OutboundError('timed_out', url.href)
      if (error instanceof TooLargeError) throw new OutboundError('too_large', url.href)
      const { code, detail } = failureOf(error)
      throw new OutboundError(code, url.href, { detail, cause: error })
    } finally {
      await client.destroy()
    }
  }

  const follow = async (request: OutboundRequest, signal: AbortSignal): Promise<OutboundAnswer> => {
    let url = judgeUrl(request.url)
    for (let followed = 0; ; followed += 1) {
      const answer = await ask(url, request, signal)
      const [target] = answer.headers.location ?? []
      if (target === undefined || !REDIRECTS.has(answer.status)) return answer
      if (followed === request.redirects) throw new OutboundError('too_many_redirects', url.href)
      const next = parseUrl(target, url)
      if (next === null) throw new OutboundError('bad_response', url.href)
      url = judgeUrl(next.href)
    }
  }

  const get = (request: OutboundRequest, signal: AbortSignal): Promise<OutboundAnswer> => {
    let started = false
    const turn = limit(() => {
      started = true
      if (signal.aborted) throw new OutboundError('busy', request.url)
      return follow(request, signal)
    })
    const waitedTooLong = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => started || reject(new OutboundError('busy', request.url)), { once: true })
    })
    return Promise.race([turn, waitedTooLong])
  }

  const counted = async (request: OutboundRequest): Promise<OutboundAnswer> => {
    const ending = new AbortController()
    const timer = setTimeout(() => ending.abort(), request.timeoutMs)
    inProgress.add(ending)
    try {
      if (isClosed || limit.pendingCount >= MAX_WAITING) throw new OutboundError('busy', request.url)
      return await get(request, ending.signal)
    } catch (error) {
      throw isClosed ? new OutboundError('busy', request.url, { cause: error }) : error
    } finally {
      clearTimeout(timer)
      inProgress.delete(ending)
    }
  }

  return {
    get: async (request) => {
      try {
        const answer = await counted(request)
        o.metrics.count('outbound_requests', { for: request.for, outcome: 'ok' })
        return answer
      } catch (error) {
        const outcome = error instanceof OutboundError ? error.code : 'error'
        o.metrics.count('outbound_requests', { for: request.for, outcome })
        throw error
      }
    },
    close: () => {
      isClosed = true
      for (const ending of inProgress) ending.abort()
    },
  }
}
