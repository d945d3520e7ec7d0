export type RateRule = {
  readonly key: string
  /** What rules taken together have in common, such as their site: their state is kept in one place. */
  readonly scope?: string
  readonly limit: number
  readonly windowMs: number
}

/** GCRA: `limit` per window, bursts up to `limit`. All rules must allow, or none is charged. */
export type RateLimiter = { take(rules: readonly RateRule[]): Promise<{ allowed: boolean; retryAfterMs: number }> }
