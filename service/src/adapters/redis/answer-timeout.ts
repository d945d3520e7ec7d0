/** Redis did not answer in time, or is known not to answer. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError'
}

/**
 * Wait for an answer for a limited time. After a stall of this process the answer may already have arrived when time is
 * up. It is read first: otherwise every stall would look like an outage.
 */
export const withTimeout = async <T>(ms: number, answer: Promise<T>): Promise<T> => {
  let immediate: NodeJS.Immediate | undefined
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      immediate = setImmediate(() => reject(new RedisUnavailableError('redis does not answer')))
    }, ms)
  })
  try {
    return await Promise.race([answer, timeout])
  } finally {
    clearTimeout(timer)
    clearImmediate(immediate)
  }
}
