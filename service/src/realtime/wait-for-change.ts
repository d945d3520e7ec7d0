import { ReparteeError } from '@repartee/sdk/protocol'
import type { ActiveThread } from './active-thread.ts'

/**
 * Wait until the thread has changes after `since`, at most `waitMs` or until a signal aborts; the caller then reads them.
 * The caller has joined the thread. Changes committed before the call end the wait at once.
 */
export const waitForChange = async (
  thread: ActiveThread,
  since: number,
  waitMs: number,
  signals: readonly AbortSignal[],
): Promise<void> => {
  if (thread.head === null) {
    const { state } = await thread.readState()
    if (state === null) throw new ReparteeError('thread_not_found')
    thread.startAt(state.head)
    if (state.head > since) return
  }
  const isAborted = (): boolean => signals.some((signal) => signal.aborted)
  const endsAt = performance.now() + waitMs
  for (let restMs = waitMs; restMs > 0 && !isAborted(); restMs = endsAt - performance.now()) {
    if (thread.head === null || thread.head > since) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        for (const signal of signals) signal.removeEventListener('abort', done)
        cancel()
        resolve()
      }
      const timer = setTimeout(done, restMs)
      const cancel = thread.onAdvance(done)
      for (const signal of signals) signal.addEventListener('abort', done)
    })
  }
}
