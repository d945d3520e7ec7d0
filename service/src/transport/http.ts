import type { HttpResponse, HttpRequest as UwsRequest } from 'uWebSockets.js'
import { ReparteeError } from '@repartee/sdk/protocol'
import { readHeaders } from './headers.ts'
import type { RequestHeader } from './request-headers.ts'

/** JSON bodies above this are refused before they are buffered. */
export const MAX_BODY_BYTES = 64 * 1024

/**
 * At most this much of an oversized body is read before the reply. A client that is still sending when the connection
 * ends may lose the reply, and a proxy would take that for a failed node.
 */
const MAX_DISCARDED_BYTES = 1024 * 1024

/** One request, copied out of uWebSockets.js before its handler returns: `req` is dead afterwards. */
export type HttpRequest = {
  readonly path: string
  readonly query: string
  readonly params: readonly string[]
  /** Empty when absent. */
  header(name: RequestHeader): string
  /** The whole body; rejects with `payload_too_large`. */
  body(): Promise<Buffer>
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal
  readonly peer: string
}

export type HttpReply = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** One `Set-Cookie` line each. */
  readonly setCookies?: readonly string[]
  readonly body?: string | Uint8Array
  /** The body in parts, sent as the client takes them. It replaces `body`, and is not compressed. */
  readonly stream?: AsyncIterable<string>
  /** Close the connection after this reply. */
  readonly close?: boolean
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

const readBody = (res: HttpResponse, signal: AbortSignal): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    signal.addEventListener('abort', () => reject(new ReparteeError('unavailable', 'the client has disconnected')), {
      once: true,
    })
    res.onData((chunk, isLast) => {
      size += chunk.byteLength
      if (size > MAX_BODY_BYTES) {
        chunks.length = 0
        if (isLast || size > MAX_DISCARDED_BYTES)
          reject(new ReparteeError('payload_too_large', `body: expected at most ${MAX_BODY_BYTES} bytes`))
        return
      }
      // Copied, because uWebSockets.js detaches the chunk when this returns.
      chunks.push(Buffer.from(Buffer.from(chunk)))
      if (isLast) resolve(Buffer.concat(chunks))
    })
  })

const writeHead = (res: HttpResponse, { status, headers = {}, setCookies = [] }: HttpReply): void => {
  res.writeStatus(`${status} ${reasons[status] ?? 'Unknown'}`)
  for (const [name, value] of Object.entries(headers)) res.writeHeader(name, value)
  for (const line of setCookies) res.writeHeader('set-cookie', line)
}

/** Write a complete reply. After one without a body, the connection continues with the next reply. */
const send = (res: HttpResponse, reply: HttpReply, isHead: boolean): void => {
  const { status, body = '' } = reply
  const hasContent = status !== 204 && status !== 304
  // The rest of an oversized body may still be arriving, so the connection is not reused.
  const close = status === 413 || reply.close === true
  writeHead(res, reply)
  if (hasContent && !isHead) {
    res.end(body, close)
    return
  }
  if (hasContent) res.writeHeader('content-length', String(Buffer.byteLength(body)))
  if (close) res.writeHeader('connection', 'close')
  // Without arguments: given a length, even `undefined`, uWebSockets.js waits for that many bytes of body and closes the
  // connection when another request arrives instead.
  res.endWithoutBody()
}

/**
 * Write a reply part by part, waiting while the client is slower. When a part cannot be made, the connection is cut, so
 * that nobody takes what was sent for the whole.
 */
const sendStream = async (
  res: HttpResponse,
  reply: HttpReply,
  stream: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<void> => {
  let isBegun = false
  let goOn = (): void => undefined
  signal.addEventListener('abort', () => goOn(), { once: true })
  res.onWritable(() => {
    goOn()
    return true
  })
  try {
    for await (const part of stream) {
      if (signal.aborted) return
      const drained = new Promise<void>((resolve) => {
        goOn = resolve
      })
      let isTaken = true
      res.cork(() => {
        if (!isBegun) writeHead(res, reply)
        isBegun = true
        isTaken = res.write(part)
      })
      if (!isTaken) await drained
    }
    if (!signal.aborted) res.cork(() => (isBegun ? res.end() : send(res, reply, false)))
  } catch {
    if (!signal.aborted) res.close()
  }
}

/**
 * Refuse a request that repeats a header which may occur once. With two lengths it is unknown where the body ends, so
 * the connection is closed without a reply: uWebSockets.js would read what follows even after a closing reply.
 */
export const refuseRepeated = (res: HttpResponse, name: string, isHead = false): void => {
  if (name === 'content-length') res.close()
  else send(res, { status: 400, body: `${name}: given twice` }, isHead)
}

/**
 * Answer one request; resolves when that is done. It is the only place that touches an HttpResponse. It registers
 * onAborted before anything asynchronous, corks every write and never writes after an abort, because uWebSockets.js ends
 * the process if one of these rules is broken.
 */
export const handle = (
  res: HttpResponse,
  req: UwsRequest,
  paramCount: number,
  handler: (request: HttpRequest) => Promise<HttpReply>,
): Promise<void> => {
  const abort = new AbortController()
  res.onAborted(() => abort.abort())
  const headers = readHeaders(req)
  // Case-sensitive: `head` is another method, whose reply has a body.
  const isHead = req.getCaseSensitiveMethod() === 'HEAD'
  if (headers.repeated !== null) {
    refuseRepeated(res, headers.repeated, isHead)
    return Promise.resolve()
  }
  const hasBody = !/^0*$/.test(headers.get('content-length')) || headers.get('transfer-encoding') !== ''
  const body = hasBody ? readBody(res, abort.signal) : Promise.resolve(Buffer.alloc(0))
  // A route that does not read the body must not leave its rejection unhandled.
  body.catch(() => undefined)
  const request: HttpRequest = {
    path: req.getUrl(),
    query: req.getQuery() ?? '',
    params: Array.from({ length: paramCount }, (_, index) => req.getParameter(index) ?? ''),
    header: headers.get,
    body: () => body,
    signal: abort.signal,
    peer: Buffer.from(res.getRemoteAddressAsText()).toString(),
  }
  return handler(request).then(async (reply) => {
    if (abort.signal.aborted) return
    if (reply.stream !== undefined && !isHead) {
      await sendStream(res, reply, reply.stream, abort.signal)
      abort.abort()
      return
    }
    res.cork(() => send(res, reply, isHead))
    abort.abort()
  })
}
