import type { DeltaFrame } from './frame.ts'

/** UTF-16 code units of one thread's kept frames: every position anybody may name has a frame of its own. */
const MAX_LENGTH = 1_024 * 1_024

/** Frames already encoded, by the position they begin after; bounded, whoever asks from wherever. */
export type FrameCache = {
  get(v: number): DeltaFrame | null
  /** Keep a frame and hand it back. */
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
      // Anew rather than one by one: those who come back together come back from few positions.
      if (length + frame.text.length > maxLength) clear()
      if (!frames.has(v)) length += frame.text.length
      frames.set(v, frame)
      return frame
    },
    clear,
  }
}
