/** A screen reader is interrupted at most this often by what others do. */
export const ANNOUNCE_EVERY_MS = 10_000

export type Announcer = {
  /** Comments of others arrived; told together with those that follow soon. */
  arrived(count: number): void
  close(): void
}

/**
 * Tells the first arrival at once and gathers the following ones, so that messages are at least 10 s apart. Between two
 * messages it says 0: a live region that says the same twice would be silent.
 */
export const createAnnouncer = (say: (arrived: number) => void): Announcer => {
  let waiting = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const after = (next: () => void): void => {
    timer = setTimeout(next, ANNOUNCE_EVERY_MS / 2)
  }
  const tell = (): void => {
    timer = undefined
    if (waiting === 0) return
    say(waiting)
    waiting = 0
    after(() => {
      say(0)
      after(tell)
    })
  }

  return {
    arrived(count) {
      waiting += count
      if (timer === undefined) tell()
    },
    close: () => clearTimeout(timer),
  }
}
