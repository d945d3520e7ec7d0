/** A comment a client asked for; `ack` is what it was told. */
export type Entry = {
  readonly key: string
  readonly thread: string
  readonly text: string
  ack: { readonly id: string; readonly seq: number } | null
}

/** What clients asked for and were told, kept apart from the service. */
export type Ledger = {
  /** By key. */
  readonly entries: ReadonlyMap<string, Entry>
  /** When each acknowledgement came, in order. */
  readonly ackTimes: readonly number[]
  readonly acknowledged: number
  /** Answers no client should get: refusals for good, and a key answered with two comments. */
  readonly wrongAnswers: readonly string[]
  /** Tries that were answered with something to be tried again, or not at all, by cause. */
  readonly retries: Readonly<Record<string, number>>
  ask(key: string, thread: string, text: string): void
  acknowledge(key: string, id: string, seq: number): void
  /** What was asked under this key was refused for a good reason, so it must not be stored. */
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
      if (entry === undefined) wrongAnswers.push(`acknowledged ${id} under a key nobody used`)
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
