import { SUBPROTOCOL } from '@repartee/sdk/protocol'
import { openRawSocket, type RawSocket } from './raw-socket.ts'

export type Page = { readonly id: string; readonly head: number; readonly epoch: string }

/** One connection that is subscribed to some threads. */
export type Reader = RawSocket & {
  /** The seq up to which it received a thread's changes without a gap. */
  readonly position: (thread: string) => number
  /** Threads it was told to reload, because too much had changed since its position. */
  readonly reloads: ReadonlySet<string>
}

type Range = { readonly thread: string; readonly from: number; readonly to: number }

/** How live deltas start: enough to follow a thread without parsing its changes. */
const DELTA = /^\{"type":"delta","thread":"([^"]+)","from":(\d+),"to":(\d+),/

const rangeOf = (text: string): Range | null => {
  if (!text.startsWith('{"type":"delta"')) return null
  const found = DELTA.exec(text)
  if (found === null) return JSON.parse(text) as Range
  const [, thread = '', from, to] = found
  return { thread, from: Number(from), to: Number(to) }
}

/** Connect, send `hello` and subscribe to every page from its `head`; rejects if the service refuses. */
export const openReader = async (o: {
  url: string
  site: string
  pages: readonly Page[]
  onDelta: (text: string) => void
}): Promise<Reader> => {
  const positions = new Map(o.pages.map((page) => [page.id, page.head]))
  const reloads = new Set<string>()
  let missing = o.pages.length + 1
  let ready = (): void => undefined
  let fail = (_error: Error): void => undefined
  const done = new Promise<void>((resolve, reject) => {
    ready = resolve
    fail = reject
  })
  done.catch(() => undefined)
  const socket = await openRawSocket(`${o.url}/api/v1/realtime`, SUBPROTOCOL, (text) => {
    const delta = rangeOf(text)
    if (delta !== null) {
      // A delta after a gap does not move the position, so the check at the end finds the gap.
      if (delta.from <= (positions.get(delta.thread) ?? 0)) positions.set(delta.thread, delta.to)
      o.onDelta(text)
    } else if (text.startsWith('{"type":"reload"')) reloads.add((JSON.parse(text) as { thread: string }).thread)
    else if (text.startsWith('{"type":"error"')) fail(new Error(text))
    else if (text.startsWith('{"type":"welcome"') || text.startsWith('{"type":"ok"')) {
      missing -= 1
      if (missing === 0) ready()
    }
  })
  void socket.closed.then((code) => fail(new Error(`closed with ${code}`)))
  socket.send(JSON.stringify({ type: 'hello', ref: 1, site: o.site, version: 1 }))
  o.pages.forEach(({ id, head, epoch }, index) => {
    socket.send(JSON.stringify({ type: 'subscribe', ref: index + 2, thread: id, since: head, epoch }))
  })
  await done
  return { ...socket, reloads, position: (thread) => positions.get(thread) ?? 0 }
}
