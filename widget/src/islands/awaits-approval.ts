import type { ThreadView } from '../contract.ts'
import { nodeOf } from './node-of.ts'

/** Whether what was just sent is stored but not visible to others yet. */
export const awaitsApproval = (view: ThreadView, parentId: string | null, body: string): boolean =>
  (parentId === null ? view.rootOutbox : (nodeOf(view, parentId)?.outbox ?? [])).some(
    (entry) => entry.state === 'pending' && entry.body === body,
  )
