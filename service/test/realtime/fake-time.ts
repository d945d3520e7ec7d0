import { afterEach, beforeEach, vi } from 'vitest'

/** Let the tests of a file decide when time passes: timers, clocks and the turns of the event loop stand still. */
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
