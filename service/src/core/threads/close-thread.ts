import { ReparteeError } from '@repartee/sdk/protocol'
import { requireStaff } from '../access/require-staff.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { ThreadState } from '../ports/thread-store.ts'

/** Close a thread to new comments, or reopen it. Its readers are notified. Idempotent. Staff only. */
export const setClosed = async (
  deps: Pick<Deps, 'store' | 'writer'>,
  actor: Actor,
  input: { thread: string; closed: boolean },
): Promise<ThreadState> => {
  const siteId = requireStaff(actor).site.id
  const { thread: threadId } = input
  let state: ThreadState | null = null
  await deps.writer.run(siteId, threadId, 'close', async () => {
    const before = await deps.store.threads.find(siteId, threadId)
    if (before === null) throw new ReparteeError('thread_not_found')
    state = before
    if (before.closed === input.closed) return null
    const after = await deps.store.threads.setClosed(siteId, threadId, input.closed)
    if (after === null) return null
    state = after
    const { stateSeq: to, commentCount, closed } = after
    return { from: to - 1, to, comments: [], commentCount, replyCounts: {}, closed }
  })
  if (state === null) throw new ReparteeError('thread_not_found')
  return state
}
