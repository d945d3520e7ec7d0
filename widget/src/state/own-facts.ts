import type { Comment } from '@repartee/sdk/protocol'
import type { Facts } from './apply.ts'
import { withGone, withReactions } from './row.ts'

/** The facts without a comment that readers no longer see from `seq` on. */
export const addGone = (facts: Facts, id: string, seq: number): Facts => ({
  ...facts,
  rows: new Map(facts.rows).set(id, withGone(facts.rows.get(id), seq)),
})

/** The facts with a comment's reaction totals. */
export const addReactions = (facts: Facts, id: string, reactions: Comment['reactions'], seq: number): Facts => ({
  ...facts,
  rows: new Map(facts.rows).set(id, withReactions(facts.rows.get(id), reactions, seq)),
})
