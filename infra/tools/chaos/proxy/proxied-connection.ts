import { connect, type Socket } from 'node:net'
import type { FaultPlan } from './fault-plan.ts'
import { createFrameReader, errorFrame, type Frame, readBind, readParse, readQuery, readyFrame } from './frames.ts'

/** The state of the proxy that all of its connections share. */
export type Conditions = {
  /** Resolves when data may pass. */
  passage(): Promise<void>
  /** The SQLSTATE with which new connections are refused; `null` accepts them. */
  readonly refusal: string | null
  /** Whether connections are closed with 57P01 as soon as no statement runs on them. */
  readonly draining: boolean
}

/** One client's connection through the proxy. */
export type Link = {
  /** Reset it, as a host that died would. */
  cut(): void
  /** End it with 57P01, as a server that shuts down: at once if it is idle, else after the running statement. */
  drain(): void
}

const ended = /^57P0/

/** Connect a client to the server behind the proxy, and pass statements one by one. */
export const createLink = (
  client: Socket,
  target: { host: string; port: number },
  o: { plan: FaultPlan; conditions: Conditions; onStatement: () => void; onEnd: () => void },
): Link => {
  const server = connect(target)
  const fromClient = createFrameReader({ opening: true })
  const fromServer = createFrameReader({ opening: false })
  const prepared = new Map<string, string>()
  const unit: Frame[] = []
  let running = false
  let begun = false
  let whenAnswered: 'pass on' | 'cut' = 'pass on'
  let deaf = false

  for (const socket of [client, server]) {
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
  }
  client.on('close', () => {
    o.onEnd()
    if (!deaf) server.destroy()
  })
  server.on('close', () => client.destroy())

  const cut = (): void => {
    client.resetAndDestroy()
    server.destroy()
  }
  const sayGoodbye = (): void => {
    client.end(errorFrame('FATAL', '57P01'))
    server.destroy()
  }

  const textOf = (frames: readonly Frame[]): string => {
    for (const frame of frames) {
      if (frame.kind === 'Q') return readQuery(frame)
      if (frame.kind === 'B') return prepared.get(readBind(frame)) ?? ''
      if (frame.kind !== 'P') continue
      const { name, text } = readParse(frame)
      prepared.set(name, text)
      if (!frames.some((other) => other.kind === 'B')) return text
    }
    return ''
  }

  const send = (frames: readonly Frame[]): void => {
    server.write(Buffer.concat(frames.map((frame) => frame.bytes)))
  }

  const statement = (frames: readonly Frame[]): void => {
    const text = textOf(frames)
    if (text !== '') o.onStatement()
    const fault = text === '' ? null : o.plan.take(text)
    if (fault?.kind === 'answer') {
      if (ended.test(fault.sqlstate)) client.end(errorFrame('FATAL', fault.sqlstate))
      else client.write(Buffer.concat([errorFrame('ERROR', fault.sqlstate), readyFrame()]))
      return
    }
    running = true
    send(frames)
    if (fault?.kind === 'cut when answered') whenAnswered = 'cut'
    if (fault?.kind !== 'cut when sent') return
    // The server still carries out what it got.
    deaf = true
    client.resetAndDestroy()
  }

  const greet = (frame: Frame): void => {
    if (o.conditions.refusal === null) {
      send([frame])
      return
    }
    client.end(errorFrame('FATAL', o.conditions.refusal))
    server.destroy()
  }

  const hear = (frame: Frame): void => {
    switch (frame.kind) {
      case 'encryption':
        client.write('N')
        return
      case 'startup':
        greet(frame)
        return
      case 'P':
      case 'B':
      case 'D':
      case 'E':
      case 'C':
        unit.push(frame)
        return
      case 'Q':
      case 'S':
        statement([...unit.splice(0), frame])
        return
      default:
        send([frame])
    }
  }

  const answer = (frame: Frame): void => {
    const isReady = frame.kind === 'Z'
    if (isReady) {
      running = false
      begun = true
    }
    if (deaf || whenAnswered === 'cut') {
      if (!isReady) return
      if (deaf) server.destroy()
      else cut()
      return
    }
    client.write(frame.bytes)
    if (isReady && o.conditions.draining) sayGoodbye()
  }

  /** Pass chunks on in order, each once `passage` resolves. */
  const pour = (socket: Socket, read: (chunk: Buffer) => Frame[], take: (frame: Frame) => void): void => {
    let last: Promise<void> = Promise.resolve()
    socket.on('data', (chunk: Buffer) => {
      last = last.then(async () => {
        await o.conditions.passage()
        for (const frame of read(chunk)) take(frame)
      })
    })
  }
  pour(client, fromClient, hear)
  pour(server, fromServer, answer)

  return {
    cut,
    drain() {
      if (begun && !running) sayGoodbye()
    },
  }
}
