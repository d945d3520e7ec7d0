import type { ReactionStore } from '../../../core/ports.ts'
import type { Sql } from '../sql.ts'
import { addReaction } from './add.ts'
import { removeReaction } from './remove.ts'

/** What `ReactionStore.set` is given. */
export type SetReaction = Parameters<ReactionStore['set']>[0]

export const setReaction =
  (sql: Sql): ReactionStore['set'] =>
  async ({ on, ...reaction }) =>
    on ? addReaction(sql, reaction) : removeReaction(sql, reaction)
