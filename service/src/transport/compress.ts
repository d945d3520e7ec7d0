import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { HttpReply, HttpRequest } from './http.ts'

/** Below this a packet is sent either way. */
const MIN_BYTES = 1_200
const brotli = promisify(brotliCompress)
const gz = promisify(gzip)

const accepts = (header: string, coding: string): boolean =>
  header.split(',').some((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    return name === coding && !parameters.some((parameter) => /^q=0(\.0+)?$/.test(parameter))
  })

/** Compress text for clients that take it; large snapshots shrink about eightfold. */
export const compress = async (request: HttpRequest, reply: HttpReply): Promise<HttpReply> => {
  const { body } = reply
  if (body === undefined || body.length < MIN_BYTES || reply.headers?.['content-encoding'] !== undefined) return reply
  if (!/json|text|javascript|svg/.test(reply.headers?.['content-type'] ?? '')) return reply
  const accepted = request.header('accept-encoding')
  const vary = [reply.headers?.vary, 'Accept-Encoding'].filter(Boolean).join(', ')
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  if (accepts(accepted, 'br'))
    return {
      ...reply,
      headers: { ...reply.headers, 'content-encoding': 'br', vary },
      body: await brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
    }
  if (accepts(accepted, 'gzip'))
    return { ...reply, headers: { ...reply.headers, 'content-encoding': 'gzip', vary }, body: await gz(bytes) }
  return { ...reply, headers: { ...reply.headers, vary } }
}
