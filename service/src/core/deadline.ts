import { ReparteeError } from '@repartee/sdk/protocol'

/** The outcome of `work`, or `unavailable` after `limitMs`. The work is not cancelled: it may already be committed. */
export const withDeadline = async <T>(limitMs: number, work: Promise<T>): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ReparteeError('unavailable', 'timed out', { retryAfterMs: 1_000 })), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
