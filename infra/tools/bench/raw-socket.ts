import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'

/** A minimal WebSocket client: thousands run in one process, and the service stays the bottleneck. */
export type RawSocket = {
  send(text: string): void
  /** Stop reading from the network until `resume`. */
  pause(): void
  resume(): void
  /** Reset the connection, as a broken network does. */
  cut(): void
  /** Resolves with the close code; 1006 if the connection ended without one. */
  readonly closed: Promise<number>
}

const TEXT = 1
const CLOSE = 8
const PING = 9
const PONG = 10
const ABNORMAL = 1006

const frameOf = (opcode: number, payload: Buffer): Buffer => {
  const mask = randomBytes(4)
  const long = payload.length > 125
  const head = Buffer.alloc(long ? 8 : 6)
  head[0] = 0x80 | opcode
  head[1] = 0x80 | (long ? 126 : payload.length)
  if (long) head.writeUInt16BE(payload.length, 2)
  mask.copy(head, long ? 4 : 2)
  const masked = Buffer.from(payload)
  for (let i = 0; i < masked.length; i += 1) masked[i] = (masked[i] ?? 0) ^ (mask[i & 3] ?? 0)
  return Buffer.concat([head, masked])
}

type Frame = { readonly opcode: number; readonly payload: Buffer; readonly length: number }

/** The first frame of `data`; `null` if it is incomplete. Servers do not mask, and this one does not fragment. */
const readFrame = (data: Buffer): Frame | null => {
  const short = (data[1] ?? 0) & 0x7f
  const head = short === 126 ? 4 : short === 127 ? 10 : 2
  if (data.length < head) return null
  const size = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short
  if (data.length < head + size) return null
  return { opcode: (data[0] ?? 0) & 0xf, payload: data.subarray(head, head + size), length: head + size }
}

/** Connect and upgrade; rejects with the HTTP status if the server refuses. */
export const openRawSocket = (url: string, protocol: string, onText: (text: string) => void): Promise<RawSocket> =>
  new Promise((resolve, reject) => {
    const { hostname, port, pathname, host } = new URL(url)
    const socket = connect({
      host: hostname === 'localhost' ? '127.0.0.1' : hostname,
      port: Number(port),
      noDelay: true,
    })
    let rest: Buffer = Buffer.alloc(0)
    let upgraded = false
    let code = ABNORMAL
    let end = (_code: number): void => undefined
    const closed = new Promise<number>((done) => {
      end = done
    })

    const takeHead = (): void => {
      const at = rest.indexOf('\r\n\r\n')
      if (at < 0) return
      const status = rest.subarray(9, 12).toString()
      if (status !== '101') {
        socket.destroy()
        reject(new Error(`refused with ${status}`))
        return
      }
      rest = rest.subarray(at + 4)
      upgraded = true
      resolve({
        send: (text) => void socket.write(frameOf(TEXT, Buffer.from(text))),
        pause: () => void socket.pause(),
        resume: () => void socket.resume(),
        cut: () => void socket.resetAndDestroy(),
        closed,
      })
    }

    socket.on('connect', () =>
      socket.write(
        `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
      ),
    )
    socket.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      if (!upgraded) takeHead()
      for (let frame = upgraded ? readFrame(rest) : null; frame !== null; frame = readFrame(rest)) {
        rest = rest.subarray(frame.length)
        if (frame.opcode === TEXT) onText(frame.payload.toString())
        else if (frame.opcode === PING) socket.write(frameOf(PONG, frame.payload))
        else if (frame.opcode === CLOSE) {
          code = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005
          socket.end(frameOf(CLOSE, frame.payload))
        }
      }
    })
    socket.on('error', reject)
    socket.on('close', () => {
      reject(new Error('the connection ended'))
      end(code)
    })
  })
