/** Redis did not answer in time. */
export class RedisTimeoutError extends Error {
  override readonly name = 'RedisTimeoutError'
}

/**
 * Wait for an answer for a limited time. After a stall of this process an answer may lie unread when time is up: what is
 * there is read first, or every busy moment would look like an outage.
 */
export const within = async <T>(ms: number, answer: Promise<T>): Promise<T> => {
  let immediate: NodeJS.Immediate | undefined
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      immediate = setImmediate(() => reject(new RedisTimeoutError('redis does not answer')))
    }, ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
    clearImmediate(immediate)
  }
}
