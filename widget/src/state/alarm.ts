import { ReparteeError } from '@repartee/sdk'
import type { WritingMessages } from '../i18n/messages.ts'
import type { Store } from './store.ts'
import type { ThreadDeps } from './thread-deps.ts'

/** Long enough to be read. */
const SHOWN_MS = 8_000

/** The texts of all failures. */
export type Errors = WritingMessages['errors']

export type Alarm = {
  /** Tell the reader why something of his own did not happen. */
  raise(error: unknown): void
  close(): void
}

/** The reader's own failures that no form is open for. */
export const createAlarm = (deps: ThreadDeps, store: Store, errors: Errors): Alarm => {
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    raise(error) {
      const code = error instanceof ReparteeError ? error.code : 'internal'
      clearTimeout(timer)
      store.note({ alert: errors[code] })
      timer = setTimeout(() => store.note({ alert: '' }), SHOWN_MS)
      deps.emit('error', { code })
    },
    close: () => clearTimeout(timer),
  }
}
