import type { ThreadView } from '../contract.ts'
import { entriesOf } from './node-of.ts'

/** Whether what was just sent is stored but not visible to others yet. */
export const awaitsApproval = (view: ThreadView, parentId: string | null, body: string): boolean =>
  entriesOf(view, parentId).some((entry) => entry.state === 'pending' && entry.body === body)
