import { afterEach, beforeEach, vi } from 'vitest'

/** Fake timers, clocks and `setImmediate` in all tests of a file. */
export const useFakeTime = (): void => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: [
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
        'setImmediate',
        'clearImmediate',
        'Date',
        'performance',
      ],
    })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}
