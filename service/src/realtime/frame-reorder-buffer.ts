import type { DeltaFrame } from './frame.ts'

const MAX_FRAMES = 64

/** Frames that arrived before those that precede them; bounded. */
export type ReorderBuffer = {
  /** Keep a frame, unless the buffer is full: then only the fact that one is missing is kept. */
  hold(frame: DeltaFrame): void
  /** Take out the next frame that starts at or before `head` and ends after it; `null` when there is none. */
  take(head: number): DeltaFrame | null
  /** Whether no frame is held and none was turned away since the buffer was last cleared. */
  readonly isEmpty: boolean
  clear(): void
}

/** Make an empty buffer. */
export const createReorderBuffer = (): ReorderBuffer => {
  const frames = new Map<number, DeltaFrame>()
  let overflowed = false

  return {
    hold(frame) {
      const held = frames.get(frame.from)
      if (held === undefined && frames.size >= MAX_FRAMES) overflowed = true
      else if (held === undefined || held.to < frame.to) frames.set(frame.from, frame)
    },
    take(head) {
      for (const frame of [...frames.values()].sort((a, b) => a.from - b.from)) {
        if (frame.from > head) return null
        frames.delete(frame.from)
        if (frame.to > head) return frame
      }
      return null
    },
    get isEmpty() {
      return frames.size === 0 && !overflowed
    },
    clear() {
      frames.clear()
      overflowed = false
    },
  }
}
