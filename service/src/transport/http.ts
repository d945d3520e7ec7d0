import type { HttpResponse, HttpRequest as UwsRequest } from 'uWebSockets.js'
import { ReparteeError } from '@repartee/sdk/protocol'
import { readHeaders } from './headers.ts'

/** JSON bodies above this are refused before they are buffered. */
export const MAX_BODY_BYTES = 64 * 1024

/** One request, copied out of uWebSockets.js before its handler returns: `req` is dead afterwards. */
export type HttpRequest = {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly params: readonly string[]
  /** By lower-case name; empty when absent. */
  header(name: string): string
  /** The whole body; rejects with `payload_too_large`. */
  body(): Promise<Buffer>
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
  readonly peer: string
}

export type HttpReply = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** The connection ends with this answer. */
  readonly close?: boolean
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
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
    signal.addEventListener('abort', () => reject(new ReparteeError('unavailable', 'client went away')), { once: true })
    res.onData((chunk, isLast) => {
      size += chunk.byteLength
      if (size > MAX_BODY_BYTES) {
        chunks.length = 0
        reject(new ReparteeError('payload_too_large', `a body holds at most ${MAX_BODY_BYTES} bytes`))
        return
      }
      // uWebSockets.js detaches the chunk when this returns, so it is copied.
      chunks.push(Buffer.from(Buffer.from(chunk)))
      if (isLast) resolve(Buffer.concat(chunks))
    })
  })

/**
 * Refuse a request with two of a header that may stand once. Where its body ends is not certain with two lengths: what
 * follows may be another's, and is read even behind an answer that ends the connection.
 */
export const refuseRepeated = (res: HttpResponse, name: string): void => {
  if (name === 'content-length') res.close()
  else res.writeStatus('400 Bad Request').end(`${name}: given twice`)
}

/**
 * Resolves when the request was answered. The only place that touches an HttpResponse: registers onAborted before anything asynchronous, corks every write and
 * never writes after an abort, because uWebSockets.js ends the process when one of these rules is broken.
 */
export const handle = (
  res: HttpResponse,
  req: UwsRequest,
  paramCount: number,
  answer: (request: HttpRequest) => Promise<HttpReply>,
): Promise<void> => {
  const abort = new AbortController()
  res.onAborted(() => abort.abort())
  const headers = readHeaders(req)
  if (headers.repeated !== null) {
    refuseRepeated(res, headers.repeated)
    return Promise.resolve()
  }
  const method = req.getCaseSensitiveMethod().toUpperCase()
  const hasBody = !/^0*$/.test(headers.get('content-length')) || headers.get('transfer-encoding') !== ''
  const body = hasBody ? readBody(res, abort.signal) : Promise.resolve(Buffer.alloc(0))
  // Routes that need no body must not leave its failure unhandled.
  body.catch(() => undefined)
  const request: HttpRequest = {
    method,
    path: req.getUrl(),
    query: req.getQuery() ?? '',
    params: Array.from({ length: paramCount }, (_, index) => req.getParameter(index) ?? ''),
    header: headers.get,
    body: () => body,
    signal: abort.signal,
    peer: Buffer.from(res.getRemoteAddressAsText()).toString(),
  }
  return answer(request).then((reply) => {
    if (abort.signal.aborted) return
    res.cork(() => {
      res.writeStatus(`${reply.status} ${reasons[reply.status] ?? 'Unknown'}`)
      for (const [name, value] of Object.entries(reply.headers ?? {})) res.writeHeader(name, value)
      const noBody = reply.status === 204 || reply.status === 304
      // A refused upload may still be arriving; the connection is not reused for it.
      const close = reply.status === 413 || reply.close === true
      // Even `undefined` as an argument makes it send a nonsensical Content-Length.
      if (noBody) res.endWithoutBody()
      else if (method === 'HEAD') res.endWithoutBody(Buffer.byteLength(reply.body ?? ''), close)
      else res.end(reply.body ?? '', close)
    })
    abort.abort()
  })
}
