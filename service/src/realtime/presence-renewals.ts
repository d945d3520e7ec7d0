const TICK_MS = 250
/** Well within the minute after which presence expires. */
const RENEW_TICKS = 25_000 / TICK_MS

/** Something whose presence expires unless it is renewed. */
export type Renewable = { renewPresence(): void }

/** Renews presence every 25 seconds, with one timer for all connections of a node. */
export type PresenceRenewals = {
  /** Start renewing; adding again changes nothing. */
  add(renewable: Renewable): void
  remove(renewable: Renewable): void
}

/** Make an empty set of renewals. The timer runs only while there is something to renew. */
export const createPresenceRenewals = (): PresenceRenewals => {
  /** The tick at which each is due; the map stays in the order of these ticks. */
  const due = new Map<Renewable, number>()
  let tick = 0
  let timer: NodeJS.Timeout | undefined

  const renewDue = (): void => {
    tick += 1
    for (const [renewable, at] of due) {
      if (at > tick) break
      due.delete(renewable)
      due.set(renewable, tick + RENEW_TICKS)
      renewable.renewPresence()
    }
  }

  return {
    add(renewable) {
      if (due.has(renewable)) return
      due.set(renewable, tick + RENEW_TICKS)
      timer ??= setInterval(renewDue, TICK_MS).unref()
    },
    remove(renewable) {
      due.delete(renewable)
      if (due.size > 0) return
      clearInterval(timer)
      timer = undefined
    },
  }
}
