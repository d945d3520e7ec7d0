import { Cancelled, isCode } from './explain-error.ts'

type Waiting = { readonly go: () => void; readonly cancel: () => void }

let waiting = $state.raw<Waiting | null>(null)

/** What waits for its owner to prove who they are; the dialog asks for it. */
export const stepUpWaiting = (): Waiting | null => waiting

/**
 * Do something dangerous. If the service wants to know first who is there, a dialog asks, and the act is repeated. Rejects
 * with `Cancelled` when somebody closes the dialog.
 */
export const withStepUp = async <T>(act: () => Promise<T>): Promise<T> => {
  try {
    return await act()
  } catch (error) {
    if (!isCode(error, 'step_up_required')) throw error
  }
  await new Promise<void>((resolve, reject) => {
    // A second act that waits takes the place of the first.
    waiting?.cancel()
    waiting = {
      go: () => {
        waiting = null
        resolve()
      },
      cancel: () => {
        waiting = null
        reject(new Cancelled(''))
      },
    }
  })
  return act()
}
