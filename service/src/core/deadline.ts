import { ReparteeError } from '@repartee/sdk/protocol'

/** What `work` comes to, or `unavailable` after `limitMs`. The work itself goes on: it may be past recall. */
export const withDeadline = async <T>(limitMs: number, work: Promise<T>): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new ReparteeError('unavailable', 'no answer in time', { retryAfterMs: 1_000 })),
      limitMs,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
