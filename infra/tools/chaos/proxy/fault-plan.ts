/** What befalls one statement instead of its answer. */
export type Fault =
  /** The server never sees it; the client gets this SQLSTATE. */
  | { readonly kind: 'answer'; readonly sqlstate: string }
  /** The server gets it, and the client's connection is reset at once: it may or may not be committed. */
  | { readonly kind: 'cut when sent' }
  /** The server has answered, so a write is committed; the answer is thrown away and the connection reset. */
  | { readonly kind: 'cut when answered' }

type Planned = { readonly fault: Fault; readonly match: RegExp; times: number }

/** What is to happen to the statements that come next. */
export type FaultPlan = {
  /** Meet the next `times` statements that match. */
  add(fault: Fault, times?: number, match?: RegExp): void
  take(text: string): Fault | null
  clear(): void
  /** Statements that met a fault. */
  readonly met: number
}

export const createFaultPlan = (): FaultPlan => {
  let planned: Planned[] = []
  let met = 0
  return {
    add(fault, times = 1, match = /(?:)/) {
      planned.push({ fault, match, times })
    },
    take(text) {
      const first = planned.find(({ match }) => match.test(text))
      if (first === undefined) return null
      met += 1
      first.times -= 1
      if (first.times === 0) planned = planned.filter((each) => each !== first)
      return first.fault
    },
    clear() {
      planned = []
    },
    get met() {
      return met
    },
  }
}
