/**
 * The longest time between acknowledgements that overlaps a window. A gap that began before the window counts in full.
 * The times are in order.
 */
export const longestGapMs = (ackTimes: readonly number[], fromAt: number, toAt: number): number => {
  let low = 0
  for (let high = ackTimes.length; low < high; ) {
    const middle = (low + high) >> 1
    if ((ackTimes[middle] ?? 0) < fromAt) low = middle + 1
    else high = middle
  }
  // A gap may be under way at `fromAt`: count it from the acknowledgement before.
  let last = ackTimes[low - 1] ?? fromAt
  let longest = 0
  for (let at = low; at < ackTimes.length && last < toAt; at += 1) {
    const time = ackTimes[at] ?? toAt
    longest = Math.max(longest, time - last)
    last = time
  }
  return Math.max(longest, toAt - last)
}

/** Number of times in each second after `fromAt`. */
export const perSecond = (times: readonly number[], fromAt: number): number[] => {
  const counts: number[] = []
  for (const time of times) {
    const second = Math.max(0, Math.floor((time - fromAt) / 1_000))
    while (counts.length <= second) counts.push(0)
    counts[second] = (counts[second] ?? 0) + 1
  }
  return counts
}
