import type { Comment } from '@repartee/sdk/protocol'
import { withGone, withReactions } from './row.ts'
import type { ServerState } from './server-state.ts'

/** Remove a comment that readers no longer see from `seq` on. */
export const markGone = (state: ServerState, id: string, seq: number): ServerState => ({
  ...state,
  rows: new Map(state.rows).set(id, withGone(state.rows.get(id), seq)),
})

/** Add a comment's reaction totals. */
export const mergeReactions = (
  state: ServerState,
  id: string,
  reactions: Comment['reactions'],
  seq: number,
): ServerState => ({
  ...state,
  rows: new Map(state.rows).set(id, withReactions(state.rows.get(id), reactions, seq)),
})
