import type { Delta } from '@repartee/sdk/protocol'
import { type DeltaFrame, fromFrame, MAX_BACKLOG_LENGTH } from './frame.ts'
import { mergeDeltas } from './merge.ts'

/** Most returning clients missed fewer changes. */
const MAX_CHANGES = 256
/** A longer backlog is never sent, so nothing longer is kept. */
const MAX_LENGTH = MAX_BACKLOG_LENGTH

/** The latest changes of one thread, without a gap. */
export type Ring = {
  /** Add the next frame; a frame that leaves a gap after the last one replaces the whole content. */
  append(frame: DeltaFrame): void
  /** The changes after `v` up to the newest; `null` when the ring does not reach back that far. */
  since(v: number): Delta | null
  clear(): void
}

/** Make an empty ring. Frames are parsed only when a client asks for what it missed. */
export const createRing = (o: { maxChanges?: number; maxLength?: number } = {}): Ring => {
  const maxChanges = o.maxChanges ?? MAX_CHANGES
  const maxLength = o.maxLength ?? MAX_LENGTH
  let frames: DeltaFrame[] = []
  let length = 0

  const trim = (): void => {
    let drop = 0
    const to = frames.at(-1)?.to ?? 0
    // Counts `seq` rather than changes, as frames of other nodes are not parsed.
    for (const frame of frames) {
      if (to - frame.from <= maxChanges && length <= maxLength) break
      length -= frame.text.length
      drop += 1
    }
    if (drop > 0) frames = frames.slice(drop)
  }

  return {
    append(frame) {
      const last = frames.at(-1)
      if (last !== undefined && (frame.from > last.to || frame.to <= last.to)) {
        frames = []
        length = 0
      }
      frames.push(frame)
      length += frame.text.length
      trim()
    },
    since(v) {
      const first = frames[0]
      if (first === undefined || v < first.from) return null
      const missed = frames.filter((frame) => frame.to > v).map(fromFrame)
      return missed.length === 0 ? null : missed.reduce(mergeDeltas)
    },
    clear() {
      frames = []
      length = 0
    },
  }
}
