import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { HttpReply, HttpRequest } from './http.ts'

/** Smaller bodies fit into one packet anyway. */
const MIN_BYTES = 1_200
const brotli = promisify(brotliCompress)
const gz = promisify(gzip)

const accepts = (header: string, coding: string): boolean =>
  header.split(',').some((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    return name === coding && !parameters.some((parameter) => /^q=0(\.0+)?$/.test(parameter))
  })

/**
 * Compress text for clients that accept it; large snapshots shrink about eightfold. Every answer that can be compressed
 * says so in `Vary`, including a 304, with which a cache updates its stored answer (RFC 9110 §15.4.5).
 */
export const compress = async (request: HttpRequest, reply: HttpReply): Promise<HttpReply> => {
  const { body = '', headers = {} } = reply
  if (!/json|text|javascript|svg/.test(headers['content-type'] ?? '')) return reply
  const accepted = request.header('accept-encoding')
  const vary = [headers.vary, 'Accept-Encoding'].filter(Boolean).join(', ')
  if (body.length < MIN_BYTES) return { ...reply, headers: { ...headers, vary } }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  if (accepts(accepted, 'br'))
    return {
      ...reply,
      headers: { ...headers, 'content-encoding': 'br', vary },
      body: await brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
    }
  if (accepts(accepted, 'gzip'))
    return { ...reply, headers: { ...headers, 'content-encoding': 'gzip', vary }, body: await gz(bytes) }
  return { ...reply, headers: { ...headers, vary } }
}
