import type { DeltaFrame } from './frame.ts'

/** UTF-16 code units of all cached frames: clients may ask from any position, and each has a frame of its own. */
const MAX_LENGTH = 1_024 * 1_024

/** Encoded frames of one thread by the position they start after; bounded. */
export type FrameCache = {
  get(v: number): DeltaFrame | null
  /** Add a frame and return it. */
  put(v: number, frame: DeltaFrame): DeltaFrame
  clear(): void
}

/** Make an empty cache. */
export const createFrameCache = (o: { maxLength?: number } = {}): FrameCache => {
  const maxLength = o.maxLength ?? MAX_LENGTH
  const frames = new Map<number, DeltaFrame>()
  let length = 0

  const clear = (): void => {
    frames.clear()
    length = 0
  }

  return {
    get: (v) => frames.get(v) ?? null,
    put(v, frame) {
      // All at once rather than the oldest: clients that come back together come back from few positions.
      if (length + frame.text.length > maxLength) clear()
      if (!frames.has(v)) length += frame.text.length
      frames.set(v, frame)
      return frame
    },
    clear,
  }
}
