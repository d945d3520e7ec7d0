import { ReparteeError } from '@repartee/sdk/protocol'
import type { ActiveThread } from './active-thread.ts'

/**
 * Wait until the thread has changes after `since`, the time is over or a signal aborts; the caller reads what there is.
 * The caller has joined the thread, and may have read before: what was committed in between ends the wait at once.
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
  const isOver = (): boolean => signals.some((signal) => signal.aborted)
  const endsAt = performance.now() + waitMs
  for (let restMs = waitMs; restMs > 0 && !isOver(); restMs = endsAt - performance.now()) {
    if (thread.head === null || thread.head > since) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        for (const signal of signals) signal.removeEventListener('abort', done)
        stop()
        resolve()
      }
      const timer = setTimeout(done, restMs)
      const stop = thread.onAdvance(done)
      for (const signal of signals) signal.addEventListener('abort', done)
    })
  }
}
