import type { Readable, Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'

/** The body is longer than allowed, as sent or as decoded. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError'
}

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
}

/** The content codings that can be decoded. */
export const ACCEPT_ENCODING = 'gzip, br'

const collect = async (stream: Readable, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes) throw new TooLargeError('more bytes than allowed')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

/**
 * Read a body with at most `maxBytes`, decoded or not. A small body that decodes to a huge one is stopped after
 * `maxBytes` of that.
 */
export const readAnswerBody = async (body: Readable, coding: string, maxBytes: number): Promise<Buffer> => {
  if (coding === '' || coding === 'identity') return collect(body, maxBytes)
  const decoder = Object.hasOwn(decoders, coding) ? decoders[coding]?.() : undefined
  if (decoder === undefined) throw new Error('a content coding that was not asked for')
  let sent = 0
  body.on('data', (chunk: Buffer) => {
    sent += chunk.length
    if (sent > maxBytes) decoder.destroy(new TooLargeError('more bytes than allowed'))
  })
  body.on('error', (error) => decoder.destroy(error))
  try {
    return await collect(body.pipe(decoder), maxBytes)
  } finally {
    decoder.destroy()
  }
}
