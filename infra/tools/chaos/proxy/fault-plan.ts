/** What happens to one statement instead of a normal answer. */
export type Fault =
  /** The server never gets it; the client gets this SQLSTATE. */
  | { readonly kind: 'answer'; readonly sqlstate: string }
  /** The server gets it and the client's connection is reset at once, so it may or may not be committed. */
  | { readonly kind: 'cut when sent' }
  /** The server has answered, so a write is committed. The answer is dropped and the connection is reset. */
  | { readonly kind: 'cut when answered' }

type Planned = { readonly fault: Fault; readonly match: RegExp; times: number }

/** The faults for the next statements. */
export type FaultPlan = {
  /** Apply `fault` to the next `times` statements that match. */
  add(fault: Fault, times?: number, match?: RegExp): void
  take(text: string): Fault | null
  clear(): void
  /** How many statements got a fault. */
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
