export type RateRule = {
  readonly key: string
  /** Shared by rules that are taken together, such as their site, so that their state is stored in one place. */
  readonly scope?: string
  readonly limit: number
  readonly windowMs: number
}

/** GCRA: `limit` per window, bursts up to `limit`. All rules must allow, or none is charged. */
export type RateLimiter = { take(rules: readonly RateRule[]): Promise<{ allowed: boolean; retryAfterMs: number }> }
