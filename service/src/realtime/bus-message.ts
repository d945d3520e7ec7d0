import type { DeltaFrame } from './frame.ts'

/** What hubs send each other on a thread's topic. */
export type BusMessage =
  | {
      readonly type: 'delta'
      readonly node: string
      readonly frame: DeltaFrame
      /** When it was published, by the clock all nodes share; absent in messages of older versions. */
      readonly publishedAt?: number
    }
  /** Presence changed on a node; the presence store has the new state. */
  | { readonly type: 'presence'; readonly node: string }

/**
 * Encode a message: a line of JSON {n: node, from, to, at}, then the frame unchanged. A node that receives it can forward
 * a frame of up to a hundred comments without parsing it.
 */
export const encodeBusMessage = (message: BusMessage): string =>
  message.type === 'presence'
    ? JSON.stringify({ n: message.node })
    : `${JSON.stringify({ n: message.node, from: message.frame.from, to: message.frame.to, at: message.publishedAt })}\n${message.frame.text}`

/** Decode a message; `null` for text that no compatible node wrote. */
export const decodeBusMessage = (text: string): BusMessage | null => {
  const end = text.indexOf('\n')
  try {
    const head: { n?: unknown; from?: unknown; to?: unknown; at?: unknown } = JSON.parse(
      end < 0 ? text : text.slice(0, end),
    )
    if (typeof head?.n !== 'string') return null
    if (end < 0) return { type: 'presence', node: head.n }
    const { from, to, at } = head
    if (typeof from !== 'number' || typeof to !== 'number' || !(from >= 0 && from < to)) return null
    const frame = { from, to, text: text.slice(end + 1) }
    return { type: 'delta', node: head.n, frame, ...(typeof at === 'number' && { publishedAt: at }) }
  } catch {
    return null
  }
}
