export type Rate = { readonly perSecond: number; readonly burst: number }

/** A bucket that starts with `burst` tokens and refills at `perSecond`. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #refilledAt: number

  /** Times are in milliseconds of one steady clock. */
  constructor(rate: Rate, nowAt: number) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#refilledAt = nowAt
  }

  /** Take a token; `false` when there is none. */
  take(nowAt: number): boolean {
    const { perSecond, burst } = this.#rate
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, nowAt - this.#refilledAt) / 1_000) * perSecond)
    this.#refilledAt = nowAt
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
