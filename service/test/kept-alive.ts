import { once } from 'node:events'
import { connect } from 'node:net'

export type RawAnswer = {
  readonly status: number
  /** By lower-case name; a header that stands twice has both values, with a comma between. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

type RawRequest = {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

const END_OF_HEAD = '\r\n\r\n'

const textOf = ({ method, path, headers = {}, body }: RawRequest): string => {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries({ host: 'localhost', ...length, ...headers }).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${value}`),
  )
  return `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}${END_OF_HEAD}${body ?? ''}`
}

const readHead = (head: string): Omit<RawAnswer, 'body'> => {
  const [statusLine = '', ...lines] = head.split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]
  if (status === undefined) throw new Error(`no answer starts with ${JSON.stringify(statusLine.slice(0, 80))}`)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? []
    const key = name.toLowerCase()
    headers[key] = headers[key] === undefined ? value : `${headers[key]},${value}`
  }
  return { status: Number(status), headers }
}

/** The length of an answer's body by RFC 9112 §6.3, from nothing but what was asked and the answer's own head. */
const lengthOf = (method: string, { status, headers }: Omit<RawAnswer, 'body'>): number => {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0
  const length = headers['content-length'] ?? ''
  if (!/^\d+$/.test(length)) throw new Error(`${status} with content-length ${JSON.stringify(length)}`)
  return Number(length)
}

/**
 * One TCP connection for one request after another, as a proxy uses it. Knows nothing of HTTP beyond framing: a byte too
 * many makes the next answer unreadable, and one too few lets it wait.
 */
export const keepAlive = async (port: number) => {
  const socket = connect(port, '127.0.0.1')
  let received = Buffer.alloc(0)
  let wake = (): void => undefined
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    wake()
  })
  socket.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve()
      wake()
    })
  })
  await once(socket, 'connect')

  /** Resolves once `found` finds something in what was received. */
  const until = async <T>(found: () => T | undefined): Promise<T> => {
    for (;;) {
      const result = found()
      if (result !== undefined) return result
      if (socket.destroyed) throw new Error(`the connection ended after ${JSON.stringify(received.toString('latin1'))}`)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }

  const receive = async (method: string): Promise<RawAnswer> => {
    const at = await until(() => {
      const index = received.indexOf(END_OF_HEAD)
      return index < 0 ? undefined : index
    })
    const head = readHead(received.subarray(0, at).toString('latin1'))
    const [start, length] = [at + END_OF_HEAD.length, lengthOf(method, head)]
    const body = await until(() =>
      received.length < start + length ? undefined : received.subarray(start, start + length),
    )
    received = received.subarray(start + length)
    return { ...head, body }
  }

  return {
    /** Send a request and read its answer. */
    ask: (request: RawRequest): Promise<RawAnswer> => {
      if (received.length > 0) throw new Error(`left over: ${JSON.stringify(received.toString('latin1'))}`)
      socket.write(textOf(request))
      return receive(request.method)
    },
    /** Send bytes as they are. */
    write: (text: string) => socket.write(text),
    /** Read the next answer, to a request of that method. */
    receive,
    /** Resolves when the other side has ended the connection. */
    ended,
    close: () => socket.destroy(),
  }
}
export type KeptAlive = Awaited<ReturnType<typeof keepAlive>>
