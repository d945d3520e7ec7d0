import type { DeltaFrame } from './frame.ts'

/** What hubs tell each other on a thread's topic. */
export type Envelope =
  | {
      readonly type: 'delta'
      readonly node: string
      readonly frame: DeltaFrame
      /** When it was published, by the time all nodes go by; nodes of older versions do not tell. */
      readonly publishedAt?: number
    }
  /** Somebody came, went or types; the presence store knows who. */
  | { readonly type: 'presence'; readonly node: string }

/**
 * Write an envelope: a line of JSON {n: node, from, to, at}, then the frame as it is. Thus a node passes on a frame of up to
 * a hundred comments without unpacking or copying it through a parser.
 */
export const packEnvelope = (envelope: Envelope): string =>
  envelope.type === 'presence'
    ? JSON.stringify({ n: envelope.node })
    : `${JSON.stringify({ n: envelope.node, from: envelope.frame.from, to: envelope.frame.to, at: envelope.publishedAt })}\n${envelope.frame.text}`

/** Read an envelope; `null` for what no node of this version wrote. */
export const unpackEnvelope = (message: string): Envelope | null => {
  const end = message.indexOf('\n')
  try {
    const head: { n?: unknown; from?: unknown; to?: unknown; at?: unknown } = JSON.parse(
      end < 0 ? message : message.slice(0, end),
    )
    if (typeof head?.n !== 'string') return null
    if (end < 0) return { type: 'presence', node: head.n }
    const { from, to, at } = head
    if (typeof from !== 'number' || typeof to !== 'number' || !(from >= 0 && from < to)) return null
    const frame = { from, to, text: message.slice(end + 1) }
    return { type: 'delta', node: head.n, frame, ...(typeof at === 'number' && { publishedAt: at }) }
  } catch {
    return null
  }
}
