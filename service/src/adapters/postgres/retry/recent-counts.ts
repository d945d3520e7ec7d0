import type { Clock } from '../../../core/ports/clock.ts'

const BUCKET_MS = 1_000
const BUCKETS = 10

/** How often each of a few things happened in the last 10 s, to the second. */
export type RecentCounts<Name extends string> = {
  add(name: Name): void
  total(name: Name): number
  clear(): void
}

/** Takes constant memory. */
export const createRecentCounts = <Name extends string>(now: Clock, names: readonly Name[]): RecentCounts<Name> => {
  let buckets: { second: number; counts: Map<Name, number> }[] = []
  const second = (): number => Math.floor(now() / BUCKET_MS)
  const forget = (): void => {
    const oldest = second() - BUCKETS
    // The upper bound drops buckets from the future after a clock was set back.
    buckets = buckets.filter((bucket) => bucket.second > oldest && bucket.second <= oldest + BUCKETS)
  }

  return {
    add(name) {
      forget()
      let last = buckets.at(-1)
      if (last === undefined || last.second !== second()) {
        last = { second: second(), counts: new Map(names.map((each) => [each, 0])) }
        buckets.push(last)
      }
      last.counts.set(name, (last.counts.get(name) ?? 0) + 1)
    },
    total(name) {
      forget()
      return buckets.reduce((sum, bucket) => sum + (bucket.counts.get(name) ?? 0), 0)
    },
    clear() {
      buckets = []
    },
  }
}
