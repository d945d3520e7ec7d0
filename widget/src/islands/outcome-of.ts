import type { ThreadView } from '../contract.ts'
import { entriesOf } from './node-of.ts'

/** What became of what was just sent: visible to all, stored but not visible to others yet, or kept to be sent later. */
export const outcomeOf = (view: ThreadView, parentId: string | null, body: string): 'posted' | 'submitted' | 'kept' => {
  const states = entriesOf(view, parentId).flatMap((entry) => (entry.body === body ? entry.state : []))
  if (states.includes('pending')) return 'submitted'
  return states.length > 0 ? 'kept' : 'posted'
}
