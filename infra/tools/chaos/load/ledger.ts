/** A comment that a client sent; `ack` is the acknowledgement it got. */
export type Entry = {
  readonly key: string
  readonly thread: string
  readonly text: string
  ack: { readonly id: string; readonly seq: number } | null
}

/** What clients sent and what they were answered, recorded independently of the service. */
export type Ledger = {
  /** By key. */
  readonly entries: ReadonlyMap<string, Entry>
  /** When each acknowledgement arrived, in order. */
  readonly ackTimes: readonly number[]
  readonly acknowledged: number
  /** Answers that no client should get: unexpected permanent refusals, and two comments for one key. */
  readonly wrongAnswers: readonly string[]
  /** Attempts that got a retryable error or no answer, by cause. */
  readonly retries: Readonly<Record<string, number>>
  ask(key: string, thread: string, text: string): void
  acknowledge(key: string, id: string, seq: number): void
  /** The comment with this key was rightly refused, so it must not be stored. */
  decline(key: string): void
  refuse(what: string): void
  retry(cause: string): void
}

export const createLedger = (): Ledger => {
  const entries = new Map<string, Entry>()
  const ackTimes: number[] = []
  const wrongAnswers: string[] = []
  const retries: Record<string, number> = {}
  return {
    entries,
    ackTimes,
    wrongAnswers,
    retries,
    get acknowledged() {
      return ackTimes.length
    },
    ask(key, thread, text) {
      if (!entries.has(key)) entries.set(key, { key, thread, text, ack: null })
    },
    acknowledge(key, id, seq) {
      const entry = entries.get(key)
      if (entry === undefined) wrongAnswers.push(`acknowledged ${id} under a key that no client used`)
      else if (entry.ack === null) {
        entry.ack = { id, seq }
        ackTimes.push(Date.now())
      } else if (entry.ack.id !== id || entry.ack.seq !== seq)
        wrongAnswers.push(`key ${key} was answered with ${entry.ack.id} and then ${id}`)
    },
    decline: (key) => void entries.delete(key),
    refuse: (what) => wrongAnswers.push(what),
    retry(cause) {
      retries[cause] = (retries[cause] ?? 0) + 1
    },
  }
}
