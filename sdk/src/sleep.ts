/**
 * Wait. Rejects with the reason of the first signal that aborts.
 * Either way it leaves no timer or listener behind.
 */
export const sleep = async (waitMs: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> => {
  let stop = (): void => {}
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, waitMs)
      stop = () => {
        clearTimeout(timer)
        reject(signals.find((signal) => signal?.aborted)?.reason)
      }
      for (const signal of signals) {
        signal?.addEventListener('abort', stop)
        if (signal?.aborted) stop()
      }
    })
  } finally {
    for (const signal of signals) signal?.removeEventListener('abort', stop)
  }
}
