import { connect, type Socket } from 'node:net'
import type { FaultPlan } from './fault-plan.ts'
import { createFrameReader, errorFrame, type Frame, readBind, readParse, readQuery, readyFrame } from './frames.ts'

/** Times and gates every byte passes. */
export type Weather = {
  /** Resolves when bytes may pass. */
  passage(): Promise<void>
  /** SQLSTATE every new connection is refused with, if any. */
  readonly refusal: string | null
  /** Whether connections are ended with 57P01 as soon as no statement runs on them. */
  readonly draining: boolean
}

/** One client's connection through the proxy. */
export type Link = {
  /** Reset it, as a host that died. */
  cut(): void
  /** Tell it that the server shuts down, at once when it is idle, else after the running statement. */
  drain(): void
}

const ended = /^57P0/

/** Join a client with the server behind the proxy, statement by statement. */
export const createLink = (
  client: Socket,
  target: { host: string; port: number },
  o: { plan: FaultPlan; weather: Weather; onStatement: () => void; onEnd: () => void },
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
    // The server goes on with what it got.
    deaf = true
    client.resetAndDestroy()
  }

  const greet = (frame: Frame): void => {
    if (o.weather.refusal === null) {
      send([frame])
      return
    }
    client.end(errorFrame('FATAL', o.weather.refusal))
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
    if (isReady && o.weather.draining) sayGoodbye()
  }

  /** In order, each chunk when the weather lets it. */
  const pour = (socket: Socket, read: (chunk: Buffer) => Frame[], take: (frame: Frame) => void): void => {
    let last: Promise<void> = Promise.resolve()
    socket.on('data', (chunk: Buffer) => {
      last = last.then(async () => {
        await o.weather.passage()
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
