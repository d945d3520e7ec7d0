/** Other readers' activity interrupts a screen reader at most this often. */
export const ANNOUNCE_EVERY_MS = 10_000

export type Announcer = {
  /** Comments of others arrived. They are announced together with those that follow soon. */
  add(count: number): void
  close(): void
}

/**
 * Announces the first arrival at once and collects the following ones, so that announcements are at least 10 s apart.
 * Between two announcements it calls `announce` with 0: a live region that shows the same text again stays silent.
 */
export const createAnnouncer = (announce: (count: number) => void): Announcer => {
  let collected = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const afterPause = (next: () => void): void => {
    timer = setTimeout(next, ANNOUNCE_EVERY_MS / 2)
  }
  const flush = (): void => {
    timer = undefined
    if (collected === 0) return
    announce(collected)
    collected = 0
    afterPause(() => {
      announce(0)
      afterPause(flush)
    })
  }

  return {
    add(count) {
      collected += count
      if (timer === undefined) flush()
    },
    close: () => clearTimeout(timer),
  }
}
